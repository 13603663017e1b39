"""The rows with goals as a bar chart: a plain SVG for light and dark pages, from nothing but text."""

from xml.sax.saxutils import escape

WIDTH, LABELS, LINE, TOP = 860, 380, 30, 64
BARS = WIDTH - LABELS - 70
MOST = 1.5  # what the axis ends with; longer bars are cut, and their figure says so

STYLE = """
text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328 }
.title { font-size: 15px; font-weight: 600 }
.note, .axis text { fill: #59636e; font-size: 12px }
.axis line { stroke: #d1d9e0 }
.axis .even { stroke: #59636e }
.holds { fill: #1a7f37 } .floor { fill: #bf8700 } .missed { fill: #cf222e }
.goal { stroke: #1f2328; stroke-width: 2 }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc } .note, .axis text { fill: #9198a1 } .axis line { stroke: #3d444d } .axis .even { stroke: #9198a1 }
  .holds { fill: #3fb950 } .floor { fill: #d29922 } .missed { fill: #f85149 } .goal { stroke: #f0f6fc }
}
"""


def _x(ratio):
    return LABELS + BARS * min(ratio, MOST) / MOST


def _axis(bottom):
    for tenths in (0, 5, 10, 15):
        x = _x(tenths / 10)
        even = ' class="even"' if tenths == 10 else ""
        yield '<line%s x1="%.1f" y1="%d" x2="%.1f" y2="%d"/>' % (even, x, TOP - 6, x, bottom)
        yield '<text x="%.1f" y="%d" text-anchor="middle">%.1f</text>' % (x, TOP - 12, tenths / 10)


def _row(y, title, ratio, goal, kind):
    yield '<text x="%d" y="%d" text-anchor="end">%s</text>' % (LABELS - 10, y + 15, escape(title))
    yield '<rect class="%s" x="%d" y="%d" width="%.1f" height="18" rx="2"/>' % (kind, LABELS, y + 1, _x(ratio) - LABELS)
    yield '<line class="goal" x1="%.1f" y1="%d" x2="%.1f" y2="%d"/>' % (_x(goal), y - 2, _x(goal), y + 22)
    yield '<text x="%.1f" y="%d">%.2f</text>' % (max(_x(ratio), _x(goal)) + 6, y + 15, ratio)


def chart(rows):
    """rows: of (title, ratio, goal, kind), kind one of holds, floor and missed."""
    bottom = TOP + LINE * len(rows)
    height = bottom + 34
    lines = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img">'
        % (WIDTH, height, WIDTH, height),
        "<title>Time beside what a program would use instead</title>",
        "<style>%s</style>" % STYLE,
        '<text class="title" x="10" y="22">Time, as a part of what a program would use instead takes</text>',
        '<text class="note" x="10" y="40">shorter is better</text>',
        '<g class="axis">',
    ]
    lines += _axis(bottom)
    lines.append("</g>")
    for i, row in enumerate(rows):
        lines += _row(TOP + LINE * i, *row)
    lines.append(
        '<text class="note" x="%d" y="%d">The line is the goal. Green holds it; yellow misses it at the floor; red '
        "misses it.</text>" % (LABELS, height - 12)
    )
    lines.append("</svg>")
    return "\n".join(lines) + "\n"
