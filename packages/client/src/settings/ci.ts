import vendors from 'ci-info/vendors.json' with { type: 'json' }

type Env = Record<string, string | undefined>

/** What tells one CI system: a variable that is set, one of several, one that contains something, or some that have a value. */
type Sign = string | { any: string[] } | { env: string; includes: string } | Record<string, string>

const SIGNS = vendors.map(({ env }) => [env].flat() as Sign[])
/** Variables of several systems, and of those that have no sign of their own. */
const COMMON = [
  ...['BUILD_ID', 'BUILD_NUMBER', 'CI', 'CI_APP_ID', 'CI_BUILD_ID', 'CI_BUILD_NUMBER', 'CI_NAME'],
  ...['CONTINUOUS_INTEGRATION', 'RUN_ID'],
]

/** What `ci-info` answers, from its list of CI systems. Its own code also finds out which system it is, and takes longer to load than ours. */
export function isCI(env: Env): boolean {
  if (env.CI === 'false') return false
  return (
    COMMON.some((variable) => env[variable]) || SIGNS.some((signs) => signs.every((sign) => shows(env, sign)))
  )
}

function shows(env: Env, sign: Sign): boolean {
  if (typeof sign === 'string') return Boolean(env[sign])
  if ('any' in sign) return (sign.any as string[]).some((variable) => env[variable])
  if ('includes' in sign) return Boolean(env[sign.env as string]?.includes(sign.includes as string))
  return Object.entries(sign).every(([variable, value]) => env[variable] === value)
}
