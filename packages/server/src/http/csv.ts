import type { Context } from 'hono'

/** Answers with a CSV file. @param name of the file, without its ending. */
export function answerCsv(
  context: Context,
  { name, csv, cacheControl }: { name: string; csv: string; cacheControl: string },
): Response {
  return context.body(csv, 200, {
    'cache-control': cacheControl,
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': `attachment; filename="${name}.csv"`,
  })
}
