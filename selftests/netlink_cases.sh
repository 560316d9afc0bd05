# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
#
# What the netlink family refuses, in the language of nl_probe: a line for each
# sentence that the kernel says, and for each attribute that can be to blame.
# $dev is a device of many neighbours, $noarp one that leads to one place. Where a
# dump is refused, kernels before 6.13 tell the sentence only.

key="src=10.0.0.7 sport=1000 dst=10.9.0.1 dport=80 proto=6"
key6="src=fd00::7 sport=1000 dst=fd00:9::1 dport=80 proto=6"
other="src=10.0.0.8 sport=1001 dst=10.9.0.1 dport=80 proto=6"

# What the cases below are about
cases_setup()
{
	cat <<-END
	tm-new name=a via=10.1.0.2 => OK
	tm-new name=b via=10.1.0.3 via6=fd00:1::3 => OK
	tm-new name=dn via=10.1.0.4 via6=fd00:1::4 state=2 => OK
	tm-new name=pt ifindex=$noarp => OK
	pool-new name=p member{ tm=a } member{ tm=b } => OK
	pool-new name=h sched=3 member{ tm=a } => OK
	vs-new name=web addr=10.9.0.1 port-min=80 proto=6 pool=p => OK
	vs-new name=web6 addr=fd00:9::1 port-min=80 proto=6 pool=p template=63 template=42 => OK
	vs-new name=none addr=10.9.0.2 pool=h store=1 => OK
	vs-new name=rt addr=10.9.0.3 forward=1 => OK
	vs-new name=keep addr=10.9.0.4 pool=h persist=60 => OK
	vs-new name=tag addr=10.9.0.6 vlan=7 pool=h => OK
	flow-new flow{ $key tm=a vs=web } => OK
	flow-new flow{ $key6 tm=b vs=web6 } => OK
	flow-new flow{ dst=fd00:9::1 dport=80 proto=6 fields=42 tm=b vs=web6 } => OK
	flow-new flow{ src=10.0.0.7 sport=9 dst=10.9.0.3 dport=9 proto=17 vs=rt } => OK
	END
}

cases_tm()
{
	cat <<-END
	tm-new => EINVAL missing=name "A name is needed"
	tm-set => EINVAL missing=name "A name is needed"
	tm-del => EINVAL missing=name "A name is needed"
	tm-get => EINVAL missing=name "A name is needed"
	tm-new !name=a/b via=10.1.0.9 => EINVAL "printable characters, no space"
	tm-set name=a !station:0200000001 => EINVAL "A station's address has 6 bytes"
	tm-set name=a !station:$(printf '02%.0s' {1..54}) => E2BIG "A traffic manager has at most 8 stations"
	tm-set name=a !station:01005e000001 => EINVAL "A station's address is not one machine's"
	tm-set name=a !dev=a/b => EINVAL "No device can have this name"
	vs-new name=x pool=p !dev=a/b => EINVAL "No device can have this name"
	tm-new !name:6120620000 via=10.1.0.9 => EINVAL "printable characters"
	tm-new !name:61c3a400 via=10.1.0.9 => EINVAL "printable characters"
	tm-new !name:610a00 via=10.1.0.9 => EINVAL "printable characters"
	tm-new !name:00 via=10.1.0.9 => EINVAL "printable characters"
	tm-new !name=a via=10.1.0.9 => EEXIST "A traffic manager of this name exists"
	tm-new name=n => EINVAL missing=via "needs a next hop or a device"
	tm-new name=n weight=3 reply-via=10.1.0.9 => EINVAL missing=via "needs a next hop or a device"
	tm-new name=n !via=0.0.0.0 => EINVAL "is not a host's address"
	tm-new name=n !via=127.0.0.1 => EINVAL "is not a host's address"
	tm-new name=n !via=224.0.0.5 => EINVAL "is not a host's address"
	tm-new name=n !via=255.255.255.255 => EINVAL "is not a host's address"
	tm-new name=n !via6=:: => EINVAL "is not a host's address"
	tm-new name=n !via6=::1 => EINVAL "is not a host's address"
	tm-new name=n !via6=ff02::1 => EINVAL "is not a host's address"
	tm-new name=n via=10.1.0.9 !reply-via=127.0.0.1 => EINVAL "is not a host's address"
	tm-new name=n via=10.1.0.9 !reply-via6=ff02::1 => EINVAL "is not a host's address"
	tm-new name=n !via=10.1.0.1 => EINVAL "is an address of this machine"
	tm-new name=n !via6=fd00:1::1 => EINVAL "is an address of this machine"
	tm-new name=n via=10.1.0.9 !reply-via=10.1.0.1 => EINVAL "is an address of this machine"
	tm-new name=n !via6=fe80::9 => EINVAL "A link-local next hop needs a device"
	tm-new name=n via=10.1.0.9 !ifindex=9999 => ENODEV "No device of this index"
	tm-new name=n via=10.1.0.9 !ifindex=0xffffffff => ENODEV "No device of this index"
	tm-new name=n via=10.1.0.9 !reply-ifindex=9999 => ENODEV "No device of this index"
	tm-new name=n via=10.1.0.9 !ifindex=1 => EINVAL "The loopback device leads to nobody"
	tm-new name=n !ifindex=$dev => EINVAL "A device of many neighbours needs a next hop"
	tm-new name=n via=10.1.0.9 !reply-ifindex=$dev => EINVAL "of many neighbours needs a next hop"
	tm-set !name=zz => ENOENT "No traffic manager of this name"
	tm-get !name=zz => ENOENT "No traffic manager of this name"
	tm-del !name=zz => ENOENT "No traffic manager of this name"
	tm-set name=a weight=7 state=1 !via=127.0.0.1 => EINVAL "is not a host's address"
	tm-set name=a weight=7 max-flows=3 !ifindex=9999 => ENODEV "No device of this index"
	tm-del !name=a => EBUSY "A pool names this traffic manager"
	tm-get dump ?name=a => EINVAL "A dump shows all objects and takes no name"
	END
}

cases_pool()
{
	cat <<-END
	pool-new => EINVAL missing=name "A name is needed"
	pool-new !name=p => EEXIST "A pool of this name exists"
	pool-new !name:6109620000 => EINVAL "printable characters"
	pool-set !name=zz => ENOENT "No pool of this name"
	pool-get !name=zz => ENOENT "No pool of this name"
	pool-del !name=zz => ENOENT "No pool of this name"
	pool-join !name=zz member{ tm=a } => ENOENT "No pool of this name"
	pool-leave !name=zz member{ tm=a } => ENOENT "No pool of this name"
	pool-new name=n !member{ } => EINVAL lacking=tm "A member needs a traffic manager's name"
	pool-new name=n member{ !tm=zz } => ENOENT "No traffic manager of this name"
	pool-new name=n member{ tm=a !usable=1 } => EINVAL "This attribute has no meaning here"
	pool-new name=n member{ tm=a !share=1 } => EINVAL "This attribute has no meaning here"
	pool-new name=n member{ tm=a } !member{ tm=a } => EEXIST "is a member already"
	pool-new name=n member{ tm=a !}x4097 => E2BIG "A pool has at most 4096 members"
	pool-new name=n !sched=5 => EINVAL missing=set "The scheduler hash-set needs an address set"
	pool-new name=n sched=0 !set{ addr=10.0.0.0 len=8 } => EINVAL "Only the scheduler hash-set has an address set"
	pool-new name=n sched=5 !set{ } => EINVAL lacking=addr "A prefix needs an address"
	pool-new name=n sched=5 !set{ len=8 } => EINVAL lacking=addr "A prefix needs an address"
	pool-new name=n sched=5 set{ addr=10.0.0.0 !len=33 } => EINVAL "The prefix is longer than the address"
	pool-new name=n sched=5 set{ !addr=10.0.0.1 len=8 } => EINVAL "The address has bits beyond the prefix"
	pool-new name=n sched=5 set{ !addr=fd00::1 len=64 } => EINVAL "The address has bits beyond the prefix"
	pool-new name=n sched=5 set{ !addr:0102030405 len=8 } => EINVAL "An address has 4 or 16 bytes"
	pool-new name=n sched=5 set{ addr=10.0.0.0 len=8 !}x1025 => E2BIG "An address set has at most 1024 prefixes"
	pool-new name=n sched=6 !hash-fields=0 => EINVAL "The scheduler maglev needs a field to hash"
	pool-new name=n sched=0 !hash-fields=1 => EINVAL "Only the scheduler maglev takes fields to hash"
	pool-new name=n sched=0 !table-size=101 => EINVAL "This scheduler has no lookup table"
	pool-new name=n sched=6 !table-size=2 member{ tm=a } member{ tm=b } member{ tm=dn } => EINVAL "more members than slots"
	pool-join name=p => EINVAL missing=member "A member is needed"
	pool-leave name=p => EINVAL missing=member "A member is needed"
	pool-join name=p !member{ tm=a } => EEXIST "is a member already"
	pool-join name=p member{ tm=dn } !member{ tm=dn } => EEXIST "is a member already"
	pool-join name=p member{ tm=dn } member{ !tm=zz } => ENOENT "No traffic manager of this name"
	pool-leave name=p !member{ tm=dn } => ENOENT "The traffic manager is no member"
	pool-leave name=p member{ tm=a } !member{ tm=a } => ENOENT "The traffic manager is no member"
	pool-del !name=p => EBUSY "A virtual server names this pool"
	pool-set name=h !sched=0 => EBUSY "A server without store needs a hash"
	pool-set name=p sched=4 member{ tm=b } member{ !tm=zz } => ENOENT "No traffic manager of this name"
	pool-get dump ?name=p => EINVAL "A dump shows all objects and takes no name"
	END
}

cases_vs()
{
	cat <<-END
	vs-new => EINVAL missing=name "A name is needed"
	vs-new !name=web addr=10.9.9.9 pool=p => EEXIST "A virtual server of this name exists"
	vs-set !name=zz => ENOENT "No virtual server of this name"
	vs-get !name=zz => ENOENT "No virtual server of this name"
	vs-del !name=zz => ENOENT "No virtual server of this name"
	vs-new name=n !prefixlen=8 pool=p => EINVAL "A prefix length needs an address"
	vs-new name=n !addr:010203 pool=p => EINVAL "An address has 4 or 16 bytes"
	vs-new name=n addr=10.0.0.0 !prefixlen=33 pool=p => EINVAL "The prefix is longer than the address"
	vs-new name=n !addr=10.0.0.1 prefixlen=8 pool=p => EINVAL "The address has bits beyond the prefix"
	vs-new name=n !addr=224.0.0.1 pool=p => EINVAL "The address is not a host's"
	vs-new name=n !addr=127.0.0.1 pool=p => EINVAL "The address is not a host's"
	vs-new name=n !addr=ff02::1 pool=p => EINVAL "The address is not a host's"
	vs-new name=n !addr=::1 pool=p => EINVAL "The address is not a host's"
	vs-new name=n !port-max=80 pool=p => EINVAL "A last port needs a first one"
	vs-new name=n port-min=90 !port-max=80 pool=p => EINVAL "The last port is less than the first"
	vs-new name=n proto=1 !port-min=80 pool=p => EINVAL "The protocol has no ports"
	vs-new name=n !ifindex=9999 pool=p => ENODEV "No device of this index"
	vs-new name=n !ifindex=0 pool=p => ENODEV "No device of this index"
	vs-new name=n !addr=10.9.0.1 port-min=80 proto=6 pool=p => EEXIST "A server takes the same packets"
	vs-new name=n addr=10.9.9.9 !pool=zz => ENOENT "No pool of this name"
	vs-new name=n addr=10.9.9.9 pool=p template=63 template=58 template=42 template=10 !template=2 => E2BIG "A virtual server has at most 4 templates"
	vs-new name=n addr=10.9.9.9 pool=p !template=0 => EINVAL "A template needs a field"
	vs-new name=n addr=10.9.9.9 pool=p template=10 !template=63 => EINVAL "Templates stand in order"
	vs-new name=n addr=10.9.9.9 pool=p template=63 !template=63 => EINVAL "Templates stand in order"
	vs-new name=n addr=10.9.9.9 => EINVAL missing=pool "A virtual server needs a pool"
	vs-new name=n addr=10.9.9.9 !forward=0 => EINVAL missing=pool "A virtual server needs a pool"
	vs-set name=rt !forward=0 => EINVAL missing=pool "A virtual server needs a pool"
	vs-new name=n addr=10.9.9.9 forward=1 !store=1 => EINVAL "Without store and next hop nothing is left to do"
	vs-new name=n addr=10.9.9.9 pool=h !persist-group=a/b => EINVAL "A name has printable characters, no space and no '/'"
	vs-new name=n addr=10.9.9.9 forward=1 !persist=10 => EINVAL "A server that follows the routes cannot persist"
	vs-new name=n addr=10.9.9.9 pool=h store=1 !persist=10 => EINVAL "Without a store no source can persist"
	vs-set name=keep !store=1 => EINVAL "Without a store no source can persist"
	vs-new name=n addr=10.9.9.9 pool=h store=1 !template=63 => EINVAL "Without a store templates have no use"
	vs-set name=web !store=1 => EINVAL "Without a store the pool's scheduler must be a hash"
	vs-set name=none !pool=p => EINVAL "Without a store the pool's scheduler must be a hash"
	vs-new name=n addr=10.9.9.0 prefixlen=24 pool=h !flags=16 => EINVAL "Local packets need a server of a single address"
	vs-new name=n pool=h !flags=17 => EINVAL "Local packets need a server of a single address"
	vs-set name=web max-flows=5 events=1 !pool=zz => ENOENT "No pool of this name"
	vs-get dump ?name=web => EINVAL "A dump shows all objects and takes no name"
	END
}

# by_vlans FIRST LAST: flows that differ in the VLAN alone
by_vlans()
{
	local vlan

	for vlan in $(seq "$1" "$2"); do
		printf 'flow{ %s vlan=%d tm=a vs=web } ' "$other" "$vlan"
	done
}

# alias N: a key of another address
alias()
{
	echo "src=10.7.0.$1 sport=7 dst=10.7.0.9 dport=9 proto=6"
}

cases_flow()
{
	cat <<-END
	flow-new $(by_vlans 1 8) !$(by_vlans 9 9) => EMLINK "Eight VLANs have a flow of this key"
	flow-get => EINVAL missing=flow "A key is needed"
	flow-get !filter{ } => EINVAL "A filter needs a dump request"
	flow-get dump ?flow{ } => EINVAL "A dump takes a filter, not a key"
	flow-get !flow{ $other } => ENOENT "No flow of this key is stored"
	flow-get !flow{ sport=1 dst=10.9.0.1 dport=80 proto=6 } => EINVAL lacking=src "The key lacks an endpoint"
	flow-get !flow{ src=10.0.0.1 dst=10.9.0.1 dport=80 proto=6 } => EINVAL lacking=sport "The key lacks an endpoint"
	flow-get !flow{ src=10.0.0.1 sport=1 dport=80 proto=6 } => EINVAL lacking=dst "The key lacks an endpoint"
	flow-get !flow{ src=10.0.0.1 sport=1 dst=10.9.0.1 proto=6 } => EINVAL lacking=dport "The key lacks an endpoint"
	flow-get !flow{ src=10.0.0.1 sport=1 dst=10.9.0.1 dport=80 } => EINVAL lacking=proto "The key lacks an endpoint"
	flow-get flow{ src=10.0.0.1 !sport=1 dst=10.9.0.1 proto=1 } => EINVAL "fields or protocol leave this out"
	flow-get flow{ !src=10.0.0.1 dst=10.9.0.1 dport=80 proto=6 fields=42 } => EINVAL "fields or protocol leave this out"
	flow-get flow{ dst=10.9.0.1 dport=80 proto=6 !vlan=3 fields=42 } => EINVAL "fields or protocol leave this out"
	flow-get flow{ !fields=12 sport=1 dport=2 } => EINVAL "A key needs one of the addresses"
	flow-get flow{ !fields=0 } => EINVAL "A key needs one of the addresses"
	flow-get flow{ src=10.0.0.1 sport=1 !dst=fd00::1 dport=80 proto=6 } => EINVAL "The addresses are of different families"
	flow-get flow{ !src:0102 sport=1 dst=fd00::1 dport=80 proto=6 } => EINVAL "An address has 4 or 16 bytes"
	flow-get flow{ $key !tm=a } => EINVAL "This attribute has no meaning here"
	flow-get flow{ $key !src-len=24 } => EINVAL "This attribute has no meaning here"
	flow-get flow{ $key !idle=24 } => EINVAL "This attribute has no meaning here"
	flow-get dump filter{ ?src-len=8 } => EINVAL "A prefix length needs an address"
	flow-get dump filter{ src=10.0.0.0 ?src-len=33 } => EINVAL "The prefix is longer than the address"
	flow-get dump filter{ ?dst=10.0.0.1 dst-len=8 } => EINVAL "The address has bits beyond the prefix"
	flow-get dump filter{ ?tm=zz } => ENOENT "No traffic manager of this name"
	flow-get dump filter{ ?vs=zz } => ENOENT "No virtual server of this name"
	flow-get dump filter{ ?vrf=zz } => ENOENT "No VRF of this name"
	flow-get dump filter{ ?vrf=d0 } => ENOENT "No VRF of this name"
	flow-get dump filter{ ?expires=1 } => EINVAL "This attribute has no meaning here"
	flow-get dump filter{ ?ifindex=1 } => EINVAL "This attribute has no meaning here"
	flow-new flow{ $other tm=a vs=web !alias{ $key6 } } => EINVAL "An alias is of its flow's family"
	flow-new flow{ $other tm=a vs=web !alias{ src=10.7.0.1 sport=7 dst=10.7.0.9 dport=9 proto=17 } } => EINVAL "An alias is of its flow's protocol"
	flow-new flow{ $other tm=a vs=web !alias{ src=10.0.0.8 dst=10.9.0.1 dport=80 proto=6 } } => EINVAL lacking=sport "The key lacks an endpoint"
	flow-new flow{ $other tm=a vs=web alias{ $(alias 1) } alias{ $(alias 2) } alias{ $(alias 3) } alias{ $(alias 4) } !alias{ $(alias 5) } } => E2BIG "A flow has at most 4 aliases"
	flow-new flow{ dst=fd00:9::1 dport=80 proto=6 fields=42 tm=b vs=web6 !alias{ $key6 } } => EINVAL "Only a flow of a full key has aliases"
	flow-new !flow{ $other tm=a vs=web alias{ $key } } => EEXIST "A flow of this key is stored already"
	flow-new !flow{ $other tm=a vs=web alias{ $other } } => EEXIST "A flow of this key is stored already"
	flow-new !flow{ $other tm=a vs=web alias{ $(alias 1) } alias{ $(alias 1) } } => EEXIST "A flow of this key is stored already"
	flow-get !flow{ $other } => ENOENT "No flow of this key is stored"
	flow-get !flow{ $(alias 1) } => ENOENT "No flow of this key is stored"
	flow-new flow{ $other tm=a vs=web !pending=1 } => EINVAL "A pending flow has a full key and no traffic manager"
	flow-new flow{ dst=fd00:9::1 dport=80 proto=6 fields=42 vs=web6 !pending=1 } => EINVAL "A pending flow has a full key and no traffic manager"
	flow-new flow{ src=10.0.0.7 sport=8 dst=10.9.0.3 dport=9 proto=17 vs=rt !pending=1 } => EINVAL "follows the routing table"
	flow-new !flow{ $other vs=web pending=0 } => EINVAL lacking=tm "A flow needs a traffic manager"
	flow-new flow{ $other vs=web pending=1 } => OK
	flow-set flow{ $other !tm=dn } => EINVAL "The traffic manager is down"
	flow-set flow{ $other tm=a } => OK
	flow-del flow{ $other } => OK
	flow-set => EINVAL missing=flow "A flow is needed"
	flow-set !flow{ $key } => EINVAL "Nothing to change is told"
	flow-set !flow{ $other owner=1 } => ENOENT "No flow of this key is stored"
	flow-set flow{ $key owner=1 } !flow{ $other owner=1 } => ENOENT "No flow of this key is stored"
	flow-set flow{ $key !vs=web owner=1 } => EINVAL "This attribute has no meaning here"
	flow-set flow{ $key !tm=zz } => ENOENT "No traffic manager of this name"
	flow-set flow{ $key !tm=dn } => EINVAL "The traffic manager is down"
	flow-set flow{ $key6 !tm=a } => EINVAL "has no next hop of this family"
	flow-set flow{ src=10.0.0.7 sport=9 dst=10.9.0.3 dport=9 proto=17 !tm=a } => EINVAL "follows the routing table"
	flow-set flow{ $key tm=b lifetime=100000 owner=7 } => OK
	flow-set flow{ $key tm=a lifetime=0 owner=0 } => OK
	flow-get dump filter{ ?lifetime=1 } => EINVAL "This attribute has no meaning here"
	flow-del => EINVAL "A key or a filter is needed"
	flow-del flow{ $key } !filter{ } => EINVAL "Keys and a filter exclude each other"
	flow-del !flow{ $other } => ENOENT "No flow of this key is stored"
	flow-del filter{ !tm=zz } => ENOENT "No traffic manager of this name"
	flow-del filter{ !packets=1 } => EINVAL "This attribute has no meaning here"
	flow-del flow{ $key } flow{ $key !vs=web } => EINVAL "This attribute has no meaning here"
	flow-new => EINVAL missing=flow "A flow is needed"
	flow-new !flow{ $other tm=a } => EINVAL lacking=vs "A flow needs a virtual server"
	flow-new flow{ $other tm=a vs=web !vrf=zz } => ENOENT "No VRF of this name"
	flow-new flow{ $other tm=a !vs=zz } => ENOENT "No virtual server of this name"
	flow-new !flow{ $other vs=web } => EINVAL lacking=tm "A flow needs a traffic manager"
	flow-new flow{ $other !tm=zz vs=web } => ENOENT "No traffic manager of this name"
	flow-new flow{ $other !tm=a vs=rt } => EINVAL "The virtual server follows the routing table"
	flow-new flow{ dst=10.9.0.1 dport=80 proto=6 !fields=42 tm=a vs=web } => EINVAL "has no such template"
	flow-new flow{ $other tm=a !vs=none } => EINVAL "The virtual server stores nothing"
	flow-new flow{ $other !tm=dn vs=web } => EINVAL "The traffic manager is down"
	flow-new flow{ src=fd00::9 sport=9 dst=fd00:9::1 dport=80 proto=6 !tm=a vs=web6 } => EINVAL "no next hop of this family"
	flow-new flow{ src=10.0.0.8 sport=1001 !dst=10.9.0.2 dport=80 proto=6 tm=a vs=web } => EINVAL "does not take this destination"
	flow-new flow{ src=10.0.0.8 sport=1001 !dst=fd00:9::1 dport=80 proto=6 tm=b vs=web } => EINVAL "different families"
	flow-new flow{ src=fd00::8 sport=1001 !dst=fd00:9::1 dport=80 proto=6 tm=b vs=web } => EINVAL "does not take this destination"
	flow-new flow{ src=10.0.0.8 sport=1001 dst=10.9.0.1 dport=80 !proto=17 tm=a vs=web } => EINVAL "does not take this protocol"
	flow-new flow{ src=10.0.0.8 sport=1001 dst=10.9.0.1 !dport=81 proto=6 tm=a vs=web } => EINVAL "does not take this port"
	flow-new flow{ dst=fd00:9::1 !dport=81 proto=6 fields=42 tm=b vs=web6 } => EINVAL "does not take this port"
	flow-new flow{ src=10.0.0.8 sport=1001 dst=10.9.0.6 dport=80 proto=6 !vlan=8 tm=a vs=tag } => EINVAL "does not take this VLAN"
	flow-new !flow{ src=10.0.0.8 sport=1001 dst=10.9.0.6 dport=80 proto=6 tm=a vs=tag } => EINVAL "does not take this VLAN"
	flow-new flow{ $other tm=a vs=web } flow{ src=10.0.0.8 sport=1001 !dst=10.9.0.2 dport=80 proto=6 tm=a vs=web } => EINVAL "does not take this destination"
	flow-new flow{ $other tm=a vs=web !tcp{ flags=1 } } => EINVAL "Numbers are of a side that was seen"
	flow-new flow{ $other tm=a vs=web !tcp{ flags=2 } } => EINVAL lacking=end "A side that was seen has numbers"
	flow-new flow{ $other tm=a vs=web !tcp{ flags=130 end=1 ack=1 } } => EINVAL lacking=win "A side that was seen has numbers"
	flow-new flow{ $other tm=a vs=web !tcp{ flags=260 reply-end=1 reply-win=1 } } => EINVAL lacking=reply-ack "A side that was seen has numbers"
	flow-new flow{ $other tm=a vs=web tcp{ !flags=258 end=1 } } => EINVAL "A side that was not seen has no numbers"
	flow-new flow{ $other tm=a vs=web tcp{ !flags=18 end=1 } } => EINVAL "A side that was not seen has no numbers"
	flow-new flow{ $other tm=a vs=web tcp{ !flags=162 end=1 ack=1 win=1 } } => EINVAL "What was not sent is not acknowledged"
	flow-new flow{ $other tm=a vs=web tcp{ !flags=6146 end=1 } } => EINVAL "One side alone resets a connection"
	flow-new flow{ src=10.0.0.7 sport=9 dst=10.9.0.3 dport=10 proto=17 vs=rt !tcp{ flags=130 end=1 ack=1 win=1 } } => EINVAL "Only a TCP connection has such numbers"
	flow-new flow{ dst=fd00:9::1 dport=80 proto=6 fields=42 tm=b vs=web6 !tcp{ flags=130 end=1 ack=1 win=1 } } => EINVAL "Only a TCP connection has such numbers"
	flow-new !flow{ $key tm=a vs=web } => EEXIST "A flow of this key is stored already"
	flow-new flow{ $other tm=a vs=web } !flow{ $key tm=a vs=web } => EEXIST "is stored already"
	flow-new flow{ $other tm=a vs=web } !flow{ $other tm=b vs=web } => EEXIST "is stored already"
	flow-new flow{ $other tm=a vs=web } flow{ $key !state=1 } => EINVAL "This attribute has no meaning here"
	END
}

cases_rest()
{
	cat <<-END
	config-set !max-flows=268435457 => ERANGE "The store holds at most 268435456 flows"
	config-set max-flows=100000000 !max-open=16777217 => ERANGE "At most 16777216 flows may be half open"
	config-set max-flows=10 !max-open=11 => EINVAL "More half-open flows than flows"
	config-set young=5 max-flows=10 !max-open=11 => EINVAL "More half-open flows than flows"
	stats-get => EINVAL missing=name "A name is needed"
	stats-get !name=zz => ENOENT "No counter of this name"
	stats-get dump ?name=hit => EINVAL "A dump shows all objects and takes no name"
	explain => EINVAL missing=query "A query is needed"
	explain query{ $key !tm=a } => EINVAL "This attribute has no meaning here"
	explain query{ $key !fields=63 } => EINVAL "This attribute has no meaning here"
	explain query{ $key !ifindex=9999 } => ENODEV "No device of this index"
	explain !query{ sport=1 dst=10.9.0.1 dport=80 proto=6 } => EINVAL lacking=src "The key lacks an endpoint"
	END
}

# A store of one place, which a pushed flow, an established one, has
cases_full()
{
	cat <<-END
	config-set max-flows=1 => OK
	flow-new !flow{ $other tm=a vs=web } => ENOSPC "The store is full of young flows"
	END
}
