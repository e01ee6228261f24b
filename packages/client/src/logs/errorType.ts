import { ERROR_TYPES, type ErrorType } from '@voicemode-telemetry/protocol'

// `other` says that no name was found; as a word of a message it means nothing.
const KINDS = new Set<string>(ERROR_TYPES.filter((kind) => kind !== 'other'))

// A word, or a Python class path, which counts as its last part.
const CLASS_PATH = /[\p{L}\p{N}_]+(?:\.[\p{L}\p{N}_]+)*/gu

/**
 * The kind of an error: the name of the vocabulary that stands earliest in its texts as a whole word.
 *
 * @param texts in the order in which they are read; whatever is no text is passed over.
 * @returns `other` where none of them names a kind. Nothing else of the texts is kept.
 */
export function errorTypeOf(texts: readonly unknown[]): ErrorType {
  for (const text of texts) {
    if (typeof text !== 'string') continue
    for (const [path] of text.matchAll(CLASS_PATH)) {
      const name = path.slice(path.lastIndexOf('.') + 1)
      if (KINDS.has(name)) return name as ErrorType
    }
  }
  return 'other'
}
