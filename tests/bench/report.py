"""The report in Markdown, aligned so that it reads well in a terminal too."""

NEAR_FLOOR = 1.08  # a goal may be missed where the kernel leaves no more to gain


def time(nanoseconds):
    if nanoseconds < 100:
        return "%.1f ns" % nanoseconds
    if nanoseconds < 1e6:
        return "%.2f µs" % (nanoseconds / 1e3)
    return "%.2f ms" % (nanoseconds / 1e6)


def ratio(figure):
    return "%.2f (%.2f–%.2f)" % (figure.median, figure.first, figure.third)


# Judged by what is printed: nobody can see why 1.084 misses 1.08.
def holds(row, result):
    return round(result.ratio(row.ours, row.theirs).median, 2) <= row.goal


def near_floor(row, result):
    return round(result.ratio(row.ours, row.floor).median, 2) <= NEAR_FLOOR


def verdict(row, result):
    if holds(row, result):
        return "holds"
    return "missed, at the floor" if near_floor(row, result) else "missed"


def table(head, rows):
    rows = [head] + rows
    widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |" for row in rows]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return lines


def goals(results):
    rows = []
    for row, result in results:
        rows.append(
            [
                row.title,
                time(result.time(row.ours).median),
                row.against,
                time(result.time(row.theirs).median),
                time(result.time(row.floor).median),
                ratio(result.ratio(row.ours, row.theirs)),
                "%.2f" % row.goal,
                "%.2f" % result.ratio(row.ours, row.floor).median,
                verdict(row, result),
            ]
        )
    return table(["work", "ours", "against", "theirs", "floor", "ours / theirs", "goal", "ours / floor", "verdict"], rows)


def peers(results):
    rows = []
    for comparison, peers, result in results:
        name, ours = comparison.ours
        rows.append([comparison.title, name, time(result.time(ours).median), "1"])
        for name, theirs in peers:
            rows.append(["", name, time(result.time(theirs).median), ratio(result.ratio(ours, theirs))])
    return table(["job", "how", "time", "ours / theirs"], rows)


def document(machine, turns, missing, goal_results, peer_results):
    verdicts = [verdict(row, result) for row, result in goal_results]
    at_the_floor = verdicts.count("missed, at the floor")
    text = [
        "# Speed",
        "",
        "Written by `make bench`. " + machine,
        "",
        "All contestants of a row take turns of about a millisecond, %d of them (fewer where one takes longer), and in"
        % turns,
        "one process where they speak the same language. Times are medians; a ratio is that of the medians, with the quartiles",  # noqa: E501
        "of the ratios of the single turns; lower is better. The floor is the same system calls, with numbers for names, made by",  # noqa: E501
        "the shortest program in C or, in the rows of Python, in Python, where files are opened by io.open. A goal may be missed",  # noqa: E501
        "only where ours is within %.2f of it." % NEAR_FLOOR,
        "",
        "![ours beside theirs](results.svg)",
        "",
    ]
    text += goals(goal_results)
    text += [
        "",
        "%d of %d goals hold%s."
        % (verdicts.count("holds"), len(verdicts), ", %d missed at the floor" % at_the_floor if at_the_floor else ""),
        "",
        "## Beside the others",
        "",
    ]
    text += peers(peer_results)
    text += [""] + ["Skipped: %s." % reason for reason in missing]
    return "\n".join(text).rstrip("\n") + "\n"
