import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Chart } from '../charts/chart.ts'
import { plotChart } from '../charts/plot.ts'

const MIN_HEIGHT_PX = 200
const MIN_WIDTH_PX = 240

/** The picture of a chart, as large as there is room for it. @param props.summary the chart in words. */
export function Picture({ chart, summary }: { chart: Chart; summary: string }) {
  const box = useRef<HTMLDivElement>(null)
  const { widthPx, heightPx } = useSize(box)
  // The same numbers make the same picture, so it is not drawn again.
  const numbers = JSON.stringify(chart)
  useLayoutEffect(() => {
    if (widthPx === 0) return
    box.current?.replaceChildren(plotChart(chart, Math.max(widthPx, MIN_WIDTH_PX), heightPx))
  }, [numbers, widthPx, heightPx])
  return (
    <div
      class="picture"
      ref={box}
      role="img"
      aria-label={summary}
      style={{ minHeight: `${MIN_HEIGHT_PX}px` }}
    />
  )
}

function useSize(box: { current: HTMLElement | null }): { widthPx: number; heightPx: number } {
  const [size, setSize] = useState({ widthPx: 0, heightPx: 0 })
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      const { width = 0, height = 0 } = entry?.contentRect ?? {}
      setSize({ widthPx: Math.floor(width), heightPx: Math.floor(height) })
    })
    if (box.current) observer.observe(box.current)
    return () => observer.disconnect()
  }, [box])
  return size
}
