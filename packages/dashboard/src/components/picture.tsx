import type { TargetedPointerEvent } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Chart } from '../charts/chart.ts'
import { dayIndexAt, middayPx, plotChart } from '../charts/plot.ts'
import { tooltipOf } from '../charts/tooltip.ts'
import { formatDay } from '../model/format.ts'
import type { Release } from '../model/releases.ts'

const MIN_HEIGHT_PX = 200
const MIN_WIDTH_PX = 240
const TOOLTIP_GAP_PX = 14
/** In a narrower window there is no room beside the finger, and a tooltip begins where its picture does. */
const NARROW_WINDOW_PX = 680

interface PictureProps {
  chart: Chart
  /** The chart in words. */
  summary: string
  /** Marked on their days. */
  releases: readonly Release[]
}

/** The picture of a chart, as large as there is room for it. Beside the cursor stand the numbers of the day it is on. */
export function Picture({ chart, summary, releases }: PictureProps) {
  const box = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLDivElement>(null)
  const [cursor, setCursor] = useState<Cursor>()
  const { widthPx, heightPx } = useSize(box)
  // The same numbers make the same picture, so it is not drawn again.
  const numbers = JSON.stringify([chart, releases])
  const width = Math.max(widthPx, MIN_WIDTH_PX)
  useLayoutEffect(() => {
    if (widthPx === 0) return
    canvas.current?.replaceChildren(plotChart(chart, { width, height: heightPx, releases }))
  }, [numbers, widthPx, heightPx])
  const leave = () => setCursor(undefined)
  useEffect(() => {
    const leaveIfOutside = ({ target }: Event) => !box.current?.contains(target as Node) && leave()
    const page = box.current?.ownerDocument
    page?.addEventListener('pointerdown', leaveIfOutside)
    return () => page?.removeEventListener('pointerdown', leaveIfOutside)
  }, [])
  const follow = ({ currentTarget, clientX, clientY }: TargetedPointerEvent<HTMLElement>) => {
    const { left, top } = currentTarget.getBoundingClientRect()
    const { clientWidth } = currentTarget.ownerDocument.documentElement
    const side = clientWidth < NARROW_WINDOW_PX ? 'none' : clientX < clientWidth / 2 ? 'right' : 'left'
    setCursor({ xPx: clientX - left, yPx: clientY - top, side })
  }
  const index = cursor && dayIndexAt(chart, cursor.xPx, width)
  return (
    <div
      class="picture"
      ref={box}
      style={{ minHeight: `${MIN_HEIGHT_PX}px` }}
      onPointerMove={follow}
      onPointerDown={follow}
      onPointerCancel={leave}
      // A finger that is lifted has not left: what it tapped stays to be read.
      onPointerLeave={(event) => event.pointerType === 'mouse' && leave()}
    >
      <div class="canvas" ref={canvas} role="img" aria-label={summary} />
      {cursor && index !== undefined && (
        <>
          <div class="chosenDay" style={{ left: `${middayPx(chart, index, width)}px` }} />
          <Tooltip chart={chart} index={index} releases={releases} cursor={cursor} widthPx={width} />
        </>
      )}
    </div>
  )
}

interface Cursor {
  /** From the upper left corner of the picture. */
  xPx: number
  yPx: number
  /** Where the window has more room. */
  side: 'left' | 'right' | 'none'
}

interface TooltipProps {
  chart: Chart
  index: number
  releases: readonly Release[]
  cursor: Cursor
  widthPx: number
}

function Tooltip({ chart, index, releases, cursor, widthPx }: TooltipProps) {
  const day = chart.days[index] ?? ''
  const first = releases.filter((release) => release.day === day).map(({ version }) => version)
  return (
    // The table below has the same numbers for those who can't see it.
    <div class="tooltip" aria-hidden="true" style={placeOf(cursor, widthPx)}>
      <strong>{formatDay(day)}</strong>
      {first.length > 0 && <span> {first.join(', ')} first seen</span>}
      <table>
        <tbody>
          {tooltipOf(chart, index).map(({ name, colour, number, change }) => (
            <tr key={name}>
              <td>
                {colour && <span class="swatch" style={{ background: colour }} />}
                {name}
              </td>
              <td>{number}</td>
              <td>{change}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function placeOf({ xPx, yPx, side }: Cursor, widthPx: number) {
  const top = `${yPx + TOOLTIP_GAP_PX}px`
  if (side === 'left') return { top, right: `${widthPx - xPx + TOOLTIP_GAP_PX}px` }
  return { top, left: side === 'right' ? `${xPx + TOOLTIP_GAP_PX}px` : '0' }
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
