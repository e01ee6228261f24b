import { setFlagsFromString } from 'node:v8'

/**
 * Keeps this process small while it reads logs, which leave much that is needed for a moment only: the heap's young part does not grow, and
 * the old part is cleaned at half again what is in use. On the command line of Node these settings would cost every start a
 * third, since Node's own code was compiled without them and would be compiled anew.
 *
 * @param reads how much is read. For one day nothing is compiled a second time, since that pays off only later.
 */
export function spareMemory(reads: 'one day' | 'many days'): void {
  setFlagsFromString('--semi-space-growth-factor=1')
  setFlagsFromString('--heap-growing-percent=50')
  if (reads === 'one day') setFlagsFromString('--no-turbofan')
}
