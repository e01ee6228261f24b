/** Lines in the order in which they were written, as an array has them. Whoever keeps a line longer than the call copies it. */
export interface Lines<Line> {
  forEach(use: (line: Line) => void): void
}

/** What keeps the lines of a file, as an array does. A line that it gives is good until it gives the next. */
export interface Kept<Line> extends Lines<Line> {
  readonly length: number
  /** @param place from 0 on, or below 0 from the end on. */
  at(place: number): Line | undefined
  push(line: Line): unknown
}
