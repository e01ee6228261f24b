/** What a chart is for, and what else its reader must know; one paragraph for each. */
export function Notes({ notes }: { notes: readonly string[] }) {
  return notes.map((note) => (
    <p class="purpose" key={note}>
      {note}
    </p>
  ))
}
