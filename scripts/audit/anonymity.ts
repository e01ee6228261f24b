/** How well a crowd hides its members who show the same value. */
export interface Anonymity {
  /** Shannon's entropy of the values, in bits: how much the value of one installation tells. */
  bits: number
  /** How many installations share their value with nobody. */
  unique: number
  /** How many share it with fewer than 4 others, themselves counted: groups under 5. */
  under5: number
  /** The same for groups under 20. */
  under20: number
}

/** @param values one of each installation; equal strings are equal values. */
export function anonymityOf(values: readonly string[]): Anonymity {
  const groups = [...Map.groupBy(values, (value) => value).values()].map(({ length }) => length)
  const inGroupsUnder = (limit: number) =>
    groups.filter((size) => size < limit).reduce((sum, size) => sum + size, 0)
  return {
    bits: groups.reduce((sum, size) => sum - (size / values.length) * Math.log2(size / values.length), 0),
    unique: inGroupsUnder(2),
    under5: inGroupsUnder(5),
    under20: inGroupsUnder(20),
  }
}
