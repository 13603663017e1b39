# Lists the targets of make files in groups, and the variables. A target's line ends in "## GROUP: TEXT"; a variable's line
# is a comment, "# NAME=value ## variables: TEXT".
BEGIN { groups = split("build test check measure install document variables", order, " ") }
/^[a-z0-9-]+:.*## [a-z]+: / || /^# [A-Z_]+=.*## variables: / {
    split($0, halves, " *## ")
    name = halves[1]
    if (name ~ /^#/) sub(/^# /, "", name)
    else sub(/:.*/, "", name)
    group = text = halves[2]
    sub(/:.*/, "", group)
    sub(/^[a-z]+: /, "", text)
    lines[group] = lines[group] sprintf("  %-36s %s\n", name, text)
}
END { for (i = 1; i <= groups; i++) printf("%s%s\n%s", (i == 1 ? "" : "\n"), order[i], lines[order[i]]) }
