// Which voters decide together: more than half of the weight in more than half of the groups; without groups, in one.

/** Whether these voters are a quorum of all. Groups without any weight do not count. */
export function isQuorum(some, all) {
  const groups = new Map();
  for (const voter of all) {
    const group = groups.get(voter.group) ?? {weight: 0, reached: 0};
    group.weight += voter.weight;
    group.reached += some.includes(voter) ? voter.weight : 0;
    groups.set(voter.group, group);
  }
  const counting = [...groups.values()].filter(group => group.weight > 0);
  return counting.filter(group => 2 * group.reached > group.weight).length > Math.floor(counting.length / 2);
}

/** How many more may fail, whichever they are; these are a quorum. */
export function sparesOf(some, all) {
  let spares = 0;
  while (outlives(some, all, spares + 1, 0)) {
    spares++;
  }
  return spares;
}

/** Whether they are a quorum without so many of those from an index on, whichever they are. */
function outlives(some, all, losses, from) {
  if (losses === 0) {
    return isQuorum(some, all);
  }
  for (let at = from; at < some.length; at++) {
    if (!outlives(some.toSpliced(at, 1), all, losses - 1, at)) {
      return false;
    }
  }
  return some.length > 0;
}

/** Those without whom the others are no quorum. */
export function neededOf(some, all) {
  return some.filter(voter => !isQuorum(some.filter(other => other !== voter), all));
}
