package troupe.gateway;

/** The numbers of requests. Source: ZooKeeper's ZooDefs.OpCode. */
final class OpCode {
  static final int CREATE = 1;
  static final int DELETE = 2;
  static final int EXISTS = 3;
  static final int GET_DATA = 4;
  static final int SET_DATA = 5;
  static final int GET_ACL = 6;
  static final int SET_ACL = 7;
  static final int GET_CHILDREN = 8;
  static final int SYNC = 9;
  static final int PING = 11;
  static final int GET_CHILDREN_2 = 12;
  static final int CHECK = 13;
  static final int MULTI = 14;
  static final int CREATE_2 = 15;
  static final int RECONFIG = 16;
  static final int CHECK_WATCHES = 17;
  static final int REMOVE_WATCHES = 18;
  static final int CREATE_CONTAINER = 19;
  static final int CREATE_TTL = 21;
  static final int MULTI_READ = 22;
  static final int AUTH = 100;
  static final int SET_WATCHES = 101;
  static final int SASL = 102;
  static final int GET_EPHEMERALS = 103;
  static final int GET_ALL_CHILDREN_NUMBER = 104;
  static final int SET_WATCHES_2 = 105;
  static final int ADD_WATCH = 106;
  static final int WHO_AM_I = 107;
  static final int CLOSE_SESSION = -11;
  static final int ERROR = -1;

  private OpCode() {}

  /** What {@code cons} calls it. */
  static String shortName(int op) {
    return switch (op) {
      case CREATE, CREATE_2, CREATE_CONTAINER, CREATE_TTL -> "CREA";
      case DELETE -> "DELE";
      case EXISTS -> "EXIS";
      case GET_DATA -> "GETD";
      case SET_DATA -> "SETD";
      case GET_ACL -> "GETA";
      case SET_ACL -> "SETA";
      case GET_CHILDREN, GET_CHILDREN_2 -> "GETC";
      case SYNC -> "SYNC";
      case PING -> "PING";
      case MULTI -> "MULT";
      case RECONFIG -> "RECO";
      case CHECK_WATCHES -> "CHKW";
      case REMOVE_WATCHES -> "REMW";
      case MULTI_READ -> "MLTR";
      case SET_WATCHES -> "SETW";
      case SET_WATCHES_2 -> "STW2";
      case GET_EPHEMERALS -> "GETE";
      case GET_ALL_CHILDREN_NUMBER -> "GETACN";
      case ADD_WATCH -> "ADDW";
      case WHO_AM_I -> "HOMI";
      case CLOSE_SESSION -> "CLOS";
      default -> "NA";
    };
  }

  /** What ZooKeeper calls it elsewhere. Source: Request.op2String. */
  static String name(int op) {
    return switch (op) {
      case CREATE -> "create";
      case DELETE -> "delete";
      case EXISTS -> "exists";
      case GET_DATA -> "getData";
      case SET_DATA -> "setData";
      case GET_ACL -> "getACL";
      case SET_ACL -> "setACL";
      case GET_CHILDREN -> "getChildren";
      case SYNC -> "sync";
      case PING -> "ping";
      case GET_CHILDREN_2 -> "getChildren2";
      case CHECK -> "check";
      case MULTI -> "multi";
      case CREATE_2 -> "create2";
      case RECONFIG -> "reconfig";
      case CHECK_WATCHES -> "checkWatches";
      case REMOVE_WATCHES -> "removeWatches";
      case CREATE_CONTAINER -> "createContainer";
      case CREATE_TTL -> "createTTL";
      case MULTI_READ -> "multiRead";
      case AUTH -> "auth";
      case SET_WATCHES -> "setWatches";
      case SASL -> "sasl";
      case GET_EPHEMERALS -> "getEphemerals";
      case GET_ALL_CHILDREN_NUMBER -> "getAllChildrenNumber";
      case SET_WATCHES_2 -> "setWatches2";
      case ADD_WATCH -> "addWatch";
      case WHO_AM_I -> "whoAmI";
      case CLOSE_SESSION -> "closeSession";
      default -> "unknown " + op;
    };
  }

  /** Whether it needs a quorum. Source: Request.isQuorum. */
  static boolean isUpdate(int op) {
    return switch (op) {
      case CREATE, CREATE_2, CREATE_CONTAINER, CREATE_TTL, DELETE, SET_DATA, SET_ACL, CHECK, MULTI, RECONFIG,
          CLOSE_SESSION -> true;
      default -> false;
    };
  }
}
