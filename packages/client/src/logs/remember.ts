/** As many as a log has of one kind, and no more memory than that: providers' URLs, versions. */
const MAX_KNOWN = 100
const MAX_CHARACTERS = 100

/** The same function, which makes nothing a second time of a text that came lately: a thousand lines have the same few. */
export function remember<Made>(make: (text: string) => Made): (text: string) => Made {
  const known = new Map<string, { made: Made }>()
  return (text) => {
    const found = known.get(text)
    if (found) return found.made
    const made = make(text)
    if (text.length > MAX_CHARACTERS) return made
    if (known.size >= MAX_KNOWN) known.clear()
    known.set(text, { made })
    return made
  }
}
