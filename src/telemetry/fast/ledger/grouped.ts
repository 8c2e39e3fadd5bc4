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
