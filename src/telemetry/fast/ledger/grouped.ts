/** Numbers of things by the group that each belongs to. */

/** The members of group `g` are those from `from[g]` to `from[g + 1]` (exclusive). */
export type Grouped = { readonly members: Int32Array; readonly from: Int32Array };

export function grouped(count: number, groups: number, groupOf: (member: number) => number): Grouped {
  const from = new Int32Array(groups + 2);
  for (let i = 0; i < count; i++) from[groupOf(i) + 2]!++;
  for (let g = 2; g < from.length; g++) from[g]! += from[g - 1]!;
  const members = new Int32Array(count);
  for (let i = 0; i < count; i++) members[from[groupOf(i) + 1]!++] = i;
  return { members, from };
}

export function membersOf({ members, from }: Grouped, group: number): Int32Array {
  return members.subarray(from[group]!, from[group + 1]!);
}

/** Groups whose members are sorted by `starts`, ascending. `groupsOf`: the group of each member. */
export function groupedByStart(starts: Float64Array, groupsOf: Int32Array, groups: number): Grouped {
  const all = grouped(groupsOf.length, groups, (member) => groupsOf[member]!);
  const { members, from } = all;
  for (let group = 0; group < groups; group++) {
    const end = from[group + 1]!;
    let at = from[group]! + 1;
    while (at < end && starts[members[at - 1]!]! <= starts[members[at]!]!) at++;
    if (at < end) membersOf(all, group).sort((a, b) => starts[a]! - starts[b]!);
  }
  return all;
}

/** The place of the first of these members, sorted by `starts`, that does not start before `instant`. */
export function firstNotBefore(starts: Float64Array, members: Int32Array, instant: number): number {
  let [low, high] = [0, members.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[members[middle]!]! < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}
