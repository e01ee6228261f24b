import type { RouteName } from '../packages/protocol/src/wire/routes.ts'

/** What no schema says of a route. */
export interface RouteText {
  operationId: string
  tag: keyof typeof TAGS
  summary: string
  /** By status, where there is more to say of an answer than the summary. */
  answers?: Record<number, string>
}

/** The groups of routes. */
export const TAGS = {
  events: 'Sending events',
  rights: 'Exporting and deleting what is stored of an installation',
  reports: 'The public weekly reports',
  policy: 'What is collected, why, and what was asked of the server',
  maintainers: 'The dashboard and its numbers',
  operators: 'Running the server',
}

export const TEXTS: Record<RouteName, RouteText> = {
  'POST /v1/events': {
    operationId: 'sendEvent',
    tag: 'events',
    summary: 'Sends one event; answered once it is safely stored',
    answers: {
      200: 'Stored, or stored before',
      204: 'The sender does not want to be tracked: nothing was read and nothing is kept',
    },
  },
  'POST /v1/events/test': {
    operationId: 'sendTestEvent',
    tag: 'events',
    summary:
      'Sends a test event: it is checked as every event, then only its arrival is kept. Nothing counts it',
    answers: {
      200: 'Arrived',
      204: 'The sender does not want to be tracked: nothing was read and nothing is kept',
    },
  },
  'GET /v1/events/test': {
    operationId: 'getTestEvent',
    tag: 'maintainers',
    summary: 'When the last test event arrived',
  },
  'POST /v1/rights/export': {
    operationId: 'exportInstallation',
    tag: 'rights',
    summary:
      'Everything that is stored of an installation. Known and unknown secrets get indistinguishable answers',
  },
  'POST /v1/rights/delete': {
    operationId: 'deleteInstallation',
    tag: 'rights',
    summary:
      'Deletes everything that is stored of an installation. For 8 days, events from it are accepted and dropped',
  },
  'GET /v1/charts/daily': {
    operationId: 'getDailyCounts',
    tag: 'maintainers',
    summary: 'Counts by day, field and value, of all installations or of those with one value of one field',
    answers: {
      200: 'The counts of the requested days. A cohort stands on the Monday of its first week; its value is the number of weeks since then',
    },
  },
  'GET /v1/charts/segments': {
    operationId: 'getSegments',
    tag: 'maintainers',
    summary:
      'How often one value, or any value of a field, was counted in each segment: by operating system, install method, assistant, launch source and version',
    answers: {
      200: 'The segments, highest number first; 0 where only other values of the field were counted',
    },
  },
  'GET /v1/reports': {
    operationId: 'listReports',
    tag: 'reports',
    summary: 'Every weekly report, and which one comes next',
  },
  'GET /v1/reports/{week}': {
    operationId: 'getReport',
    tag: 'reports',
    summary: 'The report of a week, always the same bytes',
    answers: {
      200: 'The report as it was made',
      304: 'The same as the `ETag` that was sent with `If-None-Match`',
    },
  },
  'POST /v1/reports/{week}': {
    operationId: 'orderReport',
    tag: 'maintainers',
    summary: 'Holds a report back, releases it, or makes the report of a week before the server was set up',
  },
  'GET /report': {
    operationId: 'showNewestReport',
    tag: 'reports',
    summary: 'The newest weekly report, as a page',
  },
  'GET /report/{week}': {
    operationId: 'showReport',
    tag: 'reports',
    summary: 'A weekly report, as a page',
    answers: { 404: 'A page: there is none, or it is held back' },
  },
  'GET /v1/transparency': {
    operationId: 'getTransparency',
    tag: 'policy',
    summary: 'How the notice changed, and what was asked of the server',
  },
  'GET /transparency': {
    operationId: 'showTransparency',
    tag: 'policy',
    summary: 'How the notice changed, and what was asked of the server, as a page',
  },
  'GET /v1/policy': {
    operationId: 'getPolicy',
    tag: 'policy',
    summary: 'What is collected and why',
  },
  'GET /privacy': {
    operationId: 'showPolicy',
    tag: 'policy',
    summary: 'What is collected and why, as a page',
  },
  'GET /.well-known/gpc.json': {
    operationId: 'getGpcSupport',
    tag: 'policy',
    summary: 'Says that this server honors Global Privacy Control',
  },
  'GET /': {
    operationId: 'showDashboard',
    tag: 'maintainers',
    summary: 'The dashboard',
    answers: { 303: 'To the sign-in, for whoever is not signed in' },
  },
  'GET /assets/{name}': {
    operationId: 'getAsset',
    tag: 'maintainers',
    summary: "The dashboard's files",
  },
  'GET /sign-in': {
    operationId: 'showSignIn',
    tag: 'maintainers',
    summary: 'The form for the admin token; there only where one is set',
  },
  'GET /signed-in': {
    operationId: 'enter',
    tag: 'maintainers',
    summary: 'Where the right token leads; says why, if the browser did not keep the session',
    answers: { 303: 'To the dashboard, for whoever is signed in' },
  },
  'POST /sign-in': {
    operationId: 'signIn',
    tag: 'maintainers',
    summary: 'Exchanges the admin token for a session of 12 hours',
    answers: {
      303: 'To the dashboard, with the session in a cookie',
      401: 'The form again: that is not the token',
      429: 'The form again: too many attempts',
    },
  },
  'POST /sign-out': {
    operationId: 'signOut',
    tag: 'maintainers',
    summary: 'Ends the session in this browser',
    answers: { 303: 'To the sign-in' },
  },
  'GET /pages.css': {
    operationId: 'getPageStyle',
    tag: 'policy',
    summary: "The style of the server's own pages",
  },
  'GET /metrics': {
    operationId: 'getMetrics',
    tag: 'operators',
    summary: "Counts since this process started, of no one in particular, in Prometheus' text format",
  },
  'GET /healthz': {
    operationId: 'getHealth',
    tag: 'operators',
    summary: 'Whether the server and its store work',
  },
  'GET /openapi.json': {
    operationId: 'getDescription',
    tag: 'operators',
    summary: 'This description',
  },
}
