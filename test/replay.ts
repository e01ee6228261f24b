// A property test that fails prints its seed; SEED=… runs every one with that seed again.
const { SEED } = process.env
if (SEED) {
  const { default: fc } = await import('fast-check')
  fc.configureGlobal({ seed: Number(SEED) })
}
