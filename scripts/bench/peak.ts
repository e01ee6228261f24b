/**
 * The source of an expression: the most memory that a process has had, in KB. Linux's `maxRSS` is not less than what the process that
 * started it had by then, such as a bench; `VmHWM` is the program's own.
 */
export const PEAK_KB = `(({ existsSync, readFileSync }, linux) =>
  existsSync(linux) ? Number(/VmHWM:\\s*(\\d+)/.exec(readFileSync(linux, 'utf8'))[1]) : process.resourceUsage().maxRSS
)(process.getBuiltinModule('node:fs'), '/proc/self/status')`
