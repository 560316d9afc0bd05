#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck source-path=SCRIPTDIR
#
# The command line program as an operator and a script meet it: grammar, help,
# exit codes, JSON, batches, save and restore, completion.

. "$(dirname "$0")/lib.sh"

# exits CODE WORD...: ksteer in $R; what it says is in $SAID
exits()
{
	local code=$1 rc=0

	shift
	SAID=$(ks "$@" 2>&1 </dev/null) || rc=$?
	is $rc "$code" "exit code of 'ksteer $*' ($SAID)"
}

commands_of()
{
	ksteer help | sed -n 's/^  \([a-z]\+\)  .*/\1/p'
}

verbs_of()
{
	ksteer "$1" help | sed -n '/^$/,$s/^  \([a-z]\+\)  .*/\1/p'
}

test_help()
{
	local command verb said count=0

	is "$(commands_of | sort | paste -sd ' ')" \
		"config explain flow monitor pool restore save stats tm vs" \
		"commands that help names"
	for command in $(commands_of); do
		said=$(ksteer "$command" help)
		has "$said" "Usage: ksteer $command*" "help of $command"
		for verb in $(verbs_of "$command"); do
			said=$(ksteer "$command" "$verb" help)
			has "$said" "Usage: ksteer $command $verb*" \
				"help of $command $verb"
			count=$((count + 1))
		done
	done
	truth "count >= 25" "verbs"
	is "$(ksteer help)" "$(ksteer -help)" "help by another word"
	has "$(ksteer -V)" "ksteer [0-9]*.[0-9]*" "version"
}

test_exit_codes()
{
	local words

	ns_add R
	exits 0 tm add a via 10.1.0.2
	is "$SAID" "" "what success says"
	exits 1 tm add a via 10.1.0.2
	is "$SAID" "Error: A traffic manager of this name exists (attribute 'name')" \
		"refusal"
	exits 1 tm show zz
	is "$SAID" "Error: No traffic manager of this name (attribute 'name')" \
		"refusal"
	while read -r words; do
		# shellcheck disable=SC2086
		exits 2 $words
		has "$SAID" "Error: *" "$words"
	done <<-END
	nosuch
	tm nosuch
	tm add
	tm add b via
	tm add b via 10.1.0
	tm add b via 10.1.0.2 via 10.1.0.3
	tm add b via 10.1.0.2 weight many
	tm add b via 10.1.0.2 weight 99999999999
	tm add b via 10.1.0.2 state sideways
	tm add b via 10.1.0.2 dev nosuch
	tm add b via 10.1.0.2 drain-timeout 3x
	tm add b via 10.1.0.2 nosuch 3
	tm add $(printf 'x%.0s' {1..40}) via 10.1.0.2
	pool add p sched sideways
	pool add p set 10.0.0.0/33 sched hash-set
	vs add v addr 10.0.0.1/x pool p
	vs add v port 80-x pool p
	vs add v proto nosuch pool p
	vs add v events new,nosuch pool p
	vs add v template src,nosuch pool p
	flow get 10.0.0.1 1 10.0.0.2
	flow add 10.0.0.1 1 10.0.0.2 2 tcp vs v
	flow flush
	explain 10.0.0.1 1
	stats show a b
	restore a b
	-nosuch
	-netns
	END
	exits 2
	exits 3 -batch /nosuch/file
	has "$SAID" "*/nosuch/file*" "the file"
	R=nosuch exits 3 tm show
	has "$SAID" "*no network namespace 'nosuch'*" "the namespace"
	is "$(ksj length tm show)" 1 "traffic managers after all that"
}

# A bit of everything that can be configured, for devices d0 and d1
config_rich()
{
	cat <<-END
	config set max-flows 100000 max-open 5000 young 7m
	tm add a via 10.1.0.2 via fd00:1::2 dev d0 weight 3
	tm add b via 10.1.0.3 reply-via 10.1.0.30 reply-via fd00:1::30 reply-dev d0 max-flows 9
	tm add c dev t0 state down on-down forget
	tm add d via fe80::9 dev d0 state drain drain-timeout 2h
	tm add "#e,{odd}\"name" via 10.1.0.9 weight 0
	pool add p0
	pool add p1 sched rr tm a tm b
	pool add p2 sched wrr tm b tm a
	pool add p3 sched maglev tm a tm b tm c table-size 1021 seed 7 hash src,dst
	pool add p4 sched hash-set tm a set 10.0.0.0/8 set fd00::/16
	pool add p5 sched gport tm a tm "#e,{odd}\"name"
	pool add p6 sched ordered tm d tm a
	pool add p7 sched lc tm a
	vs add v0 addr 10.9.0.1 port 80 proto tcp pool p1
	vs add v1 addr 10.9.1.0/24 port 1000-2000 proto udp pool p2 noarp direct symmetric reject icmp
	vs add v2 addr fd00:9::/64 proto sctp vlan 7 in d0 pool p3 max-flows 12
	vs add v3 pool p5 store none midstream pass reject drop unserved route
	vs add v4 addr 10.9.0.4 proto 47 forward route events new,delete
	vs add v5 addr fd00:9::5 pool p6 persist 90s persist-prefix 24 persist-prefix6 64 persist-group shop
	vs add v6 addr 10.9.0.6 pool p7 template src,dst,sport,dport,vlan,proto template dst,dport,proto timeout tcp-open 5s timeout udp-established 1h timeout other 30s events new,established,move,delete
	END
}

devices_add()
{
	need_module dummy
	ip -n "$1" -batch - <<-END
	link add d0 type dummy
	link add t0 type dummy
	link set d0 up
	link set t0 up
	END
}

test_save()
{
	local saved again

	ns_add R X
	devices_add "$R"
	devices_add "$X"
	config_rich | kb
	saved=$(ks save)
	is "$(wc -l <<<"$saved")" 21 "lines"
	ks restore - <<<"$saved"
	is "$(ks save)" "$saved" "restored where it came from"
	printf '%s\n' "$saved" >"$CASE_DIR/saved"
	ksteer -n "$X" restore "$CASE_DIR/saved"
	again=$(ksteer -n "$X" save)
	is "$again" "$saved" "restored elsewhere"
	is "$(ksteer -n "$X" -j vs show | jq -c 'map(del(.id, .stats))')" \
		"$(ksj 'map(del(.id, .stats)) | tojson' vs show)" \
		"virtual servers there"
	is "$(ksteer -n "$X" -j pool show | jq -c 'map(del(.id))')" \
		"$(ksj 'map(del(.id)) | tojson' pool show)" "pools there"
	# A change is taken back
	ksteer -n "$X" tm set a weight 9
	ksteer -n "$X" vs set v5 persist-group none
	ksteer -n "$X" vs set v0 persist-group shop
	ksteer -n "$X" pool leave p1 tm a
	isnt "$(ksteer -n "$X" save)" "$saved" "changed"
	ksteer -n "$X" restore - <<<"$saved"
	is "$(ksteer -n "$X" save)" "$saved" "restored after a change"
	is "$(ksteer -n "$X" -batch - <<<"save")" "$saved" "saved by a batch"
}

# types WORD...: of the first object shown, "key:type ..."
types()
{
	ksj '.[0] | to_entries | map("\(.key):\(.value | type)") | sort |
		join(" ")' "$@"
}

STATS="bytes:number entries:number established:number flows:number flows_total:number packets:number reply_bytes:number reply_packets:number"

test_json()
{
	ns_add R
	devices_add "$R"
	config_rich | kb
	ks flow add 10.0.0.1 1 10.9.0.1 80 tcp tm a vs v0 tcp flags seen,established tcp end 1
	is "$(types tm show a)" "dev:string drain_timeout:number fail_timeout:number id:number ifindex:number max_flows:number name:string neigh_failures:number on_down:string on_drain:string on_fail:string oper:array source:string state:string stats:object via6:string via:string weight:number" tm
	is "$(ksj '.[0].stats | to_entries | map("\(.key):\(.value | type)") |
		sort | join(" ")' tm show a)" "$STATS" "stats of a tm"
	is "$(types pool show p3)" "hash_fields:array id:number member:array name:string sched:string seed:string set:array table_size:number" pool
	is "$(ksj '.[0].member[0] | to_entries | map("\(.key):\(.value |
		type)") | sort | join(" ")' pool show p3)" \
		"share:number tm:string usable:number" "member"
	is "$(types vs show v2)" "addr:string dev:string events:array flags:array forward:string id:number ifindex:number max_flows:number midstream:string name:string persist:number persist_group:string persist_prefix6:number persist_prefix:number pool:string prefixlen:number proto:string reject:string stats:object store:string template:array timeouts:object unserved:string vlan:number" vs
	is "$(types flow show)" "alias:array bytes:number dport:number dst:string expires:number fields:array idle:number origin:string packets:number proto:string reply_bytes:number reply_packets:number serial:number sport:number src:string state:string tcp:object tm:string vlan:number vs:string" flow
	is "$(types stats show hit)" "doc:string name:string value:number" counter
	is "$(ksj 'to_entries | map("\(.key):\(.value | type)") | sort |
		join(" ")' config show)" "flows:number generation:number max_flows:number max_open:number open:number standby:string young:number" config
	is "$(ksj 'to_entries | map("\(.key):\(.value | type)") | sort |
		join(" ")' explain 10.0.0.1 9 10.9.0.1 80 tcp)" \
		"decided_by:string key:object kind:array pool:string query:object reason:string sched:string tm:string verdict:string vs:string" explain
	is "$(ksj 'map(.name) | join(" ")' tm show)" 'a b c d #e,{odd}"name' \
		"names, one of them odd"
	is "$(ksj '.[0].state' tm show d) $(ksj '.[0].state' tm show c)" \
		"drain down" "states"
	is "$(ksj '.[0].flags | join(" ")' vs show v1)" \
		"noarp direct symmetric" "flags"
}

test_options()
{
	local plain pretty

	ns_add R
	devices_add "$R"
	config_rich | kb
	plain=$(ks -j vs show)
	pretty=$(ks -j -p vs show)
	is "$(jq -c . <<<"$pretty")" "$(jq -c . <<<"$plain")" "-p says the same"
	truth "$(wc -l <<<"$pretty") > 100" "lines of -p"
	is "$(ks -json vs show)" "$plain" "-json"
	is "$(ks --json vs show)" "$plain" "--json"
	has "$(ks -s tm show a)" "*PACKETS*" "-s"
	[[ $(ks tm show a) == *PACKETS* ]] && fail "counters without -s"
	is "$(ks vs sh)" "$(ks vs show)" "shortened verb"
	is "$(ks po sh)" "$(ks pool show)" "shortened command"
	is "$(ks pool)" "$(ks pool show)" "no verb"
	exits 2 s show
	has "$SAID" "*ambiguous*" "s"
	exits 2 tm d a
	has "$SAID" "*ambiguous*" "del, drain or down"
	is "$(in_ns "$R" ksteer pool show)" "$(ks pool show)" "without -n"
	is "$(ksteer -netns "/run/netns/$R" pool show)" "$(ks pool show)" \
		"a namespace by its path"
}

test_batch()
{
	local rc=0

	ns_add R
	cat >"$CASE_DIR/batch" <<-END
	# a comment

	tm add a via 10.1.0.2
	  tm   add	b via 10.1.0.3   # a comment behind
	tm add a via 10.1.0.4
	tm nosuch
	tm add "c" via 10.1.0.5
	END
	SAID=$(ks -batch "$CASE_DIR/batch" 2>&1) || rc=$?
	is $rc 1 "exit code"
	is "$SAID" "Error: A traffic manager of this name exists (attribute 'name')
Command failed $CASE_DIR/batch:5" "what is said"
	is "$(ksj 'map(.name) | join(" ")' tm show)" "a b" "done until then"
	ks tm del a
	ks tm del b
	rc=0
	SAID=$(ks -force -batch - 2>&1 <"$CASE_DIR/batch") || rc=$?
	is $rc 1 "exit code with -force"
	is "$(grep -c '^Command failed -:[56]$' <<<"$SAID")" 2 "lines that failed"
	is "$(ksj 'map(.name) | join(" ")' tm show)" "a b c" "done with -force"
	SAID=$(ks -batch - 2>&1 <<<"-j tm show") && fail "an option in a batch"
	SAID=$(printf 'tm show\nstats show hit\n' | ks -j -batch -)
	is "$(jq -s length <<<"$SAID")" 2 "JSON documents of a batch"
}

# complete WORD...: what completion offers, sorted
complete_words()
{
	COMP_WORDS=("$@")
	COMP_CWORD=$(($# - 1))
	COMPREPLY=()
	_ksteer
	printf '%s\n' "${COMPREPLY[@]}" | sort | paste -sd ' '
}

test_completion()
{
	local script

	for script in "$SELFTESTS/../userspace/completion/ksteer" \
		/usr/share/bash-completion/completions/ksteer; do
		[ -e "$script" ] && break
	done
	[ -e "$script" ] || skip "no completion script"
	ns_add R
	kb <<-END
	tm add alpha via 10.1.0.2
	tm add alpine via 10.1.0.3
	tm add beta via 10.1.0.4
	pool add pond tm alpha
	vs add web addr 10.9.0.1 pool pond
	END
	# shellcheck disable=SC1090
	. "$script"
	has "$(complete -p ksteer)" "*_ksteer*" "completion is in place"
	is "$(complete_words ksteer "")" "config explain flow help monitor pool restore save stats tm vs" "commands"
	is "$(complete_words ksteer s)" "save stats" "commands with s"
	is "$(complete_words ksteer tm d)" "del down drain" "verbs"
	is "$(complete_words ksteer -n "$R" tm del al)" "alpha alpine" \
		"names in a namespace"
	is "$(complete_words ksteer -n "$R" pool join pond tm "")" \
		"alpha alpine beta" "names behind a word"
	is "$(complete_words ksteer -n "$R" vs set we)" web "server"
	has "$(complete_words ksteer pool add x sched "")" \
		"gport *maglev*ordered rr wrr" "values"
	has "$(complete_words ksteer vs add x "")" "*addr*pool*proto*" "words"
	is "$(complete_words ksteer -n "${R%?}")" "$R" "namespaces"
	has "$(complete_words ksteer -)" "*-batch*-json*-netns*" "options"
}

case_add "help: of all commands and verbs" test_help
case_add "exit codes and what is said" test_exit_codes
case_add "JSON: keys and types" test_json
case_add "options and shortened words" test_options
case_add "batch: line numbers, -force, comments" test_batch
case_add "save and restore" test_save
case_add "completion" test_completion

cases_run "$@"
