package troupe.benchmark;

/** The two servers that are compared. */
enum Product {
  TROUPE("Troupe"),
  ZOOKEEPER("ZooKeeper");

  private final String title;

  Product(String title) {
    this.title = title;
  }

  @Override
  public String toString() {
    return title;
  }
}
