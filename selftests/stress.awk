# SPDX-License-Identifier: GPL-2.0-only
#
# COUNT command lines for `ksteer -force -batch` at random, the same ones for
# the same SEED: traffic managers x0..x7, pools q0..q3, virtual servers z0..z5
# that come, change and go. Many of them must be refused.

function any(n)
{
	return int(rand() * n)
}

# one of several, with ~ for a blank and - for nothing
function of(list,    part, n, chosen)
{
	n = split(list, part, " ")
	chosen = part[1 + any(n)]
	gsub(/~/, " ", chosen)
	return chosen == "-" ? "" : chosen
}

function tm() { return "x" any(8) }
function pool() { return "q" any(4) }
function vs() { return "z" any(6) }
function sched()
{
	return of("rr wrr lc hash-src hash-dst maglev ordered gport")
}

function manager(    i)
{
	i = any(8)
	if (i % 2)
		return "tm add x" i " via 10.1.0.20" i " via fd00:1::20" i
	return "tm add x" i " dev s3 weight " any(5)
}

function server(    i)
{
	i = any(6)
	return "vs add z" i " addr 10.9.1." i " proto udp pool " pool() " " \
		of("- persist~5 events~new,delete max-flows~20 store~none")
}

function setting()
{
	return of("noarp~on noarp~off direct~on direct~off symmetric~on " \
		  "symmetric~off forward~route forward~nexthop persist~3 " \
		  "max-flows~30 max-flows~0 timeout~udp-open~1 " \
		  "template~src,dst,proto store~selected store~none")
}

function change(    op)
{
	op = any(24)
	if (op < 4)
		return manager()
	if (op < 7)
		return "pool add " pool() " sched " sched() " tm " tm() " tm " tm()
	if (op < 11)
		return server()
	if (op == 11)
		return "tm set " tm() " weight " any(6)
	if (op == 12)
		return "tm drain " tm() " timeout 1"
	if (op == 13)
		return "tm down " tm() " " of("- forget reselect")
	if (op == 14)
		return "tm up " tm()
	if (op == 15)
		return "tm del " tm()
	if (op == 16)
		return "pool set " pool() " sched " sched()
	if (op == 17)
		return "pool join " pool() " tm " tm()
	if (op == 18)
		return "pool leave " pool() " tm " tm()
	if (op == 19)
		return "pool del " pool()
	if (op == 20)
		return "vs set " vs() " pool " pool()
	if (op == 21)
		return "vs set " vs() " " setting()
	if (op == 22)
		return "vs del " vs()
	return "flow flush " of("tm~x1 tm~x2 vs~z1 vs~z2 vs~z3")
}

BEGIN {
	srand(seed)
	while (count--)
		print change()
}
