// SPDX-License-Identifier: GPL-2.0-only
/*
 * ksteer explain: what would become of a packet, and why.
 */
#include "flow_terms.h"
#include "flow_text.h"
#include "parse.h"
#include "show.h"

/* "kind  ADDR/LEN NAMES: N servers, RESULT VS" */
static void print_kind(FILE *file, const struct ksteer_kind *kind)
{
	char addr[KSTEER_IP_STRLEN] = "any", buf[128] = "one by one";

	if (ksteer_has(kind, KSTEER_A_KIND_ADDR))
		ksteer_format_ip(&kind->addr, addr);
	fprintf(file, "kind        %s%s", kind->answer ? "from " : "", addr);
	if (ksteer_has(kind, KSTEER_A_KIND_PREFIXLEN))
		fprintf(file, "/%u", kind->prefixlen);
	if (ksteer_has(kind, KSTEER_A_KIND_NAMES))
		ksteer_mask_names(&ksteer_kind_names_names, kind->names, buf,
				  sizeof(buf));
	fprintf(file, " %s: %u servers, %s", buf, kind->servers,
		ksteer_name(&ksteer_kind_result_names, kind->result));
	if (*kind->vs)
		fprintf(file, " %s", kind->vs);
	fputc('\n', file);
}

static void print_explain(FILE *file, const void *model, void *arg)
{
	const struct ksteer_explain *explain = model;
	const struct ksteer_kind *kind = NULL;
	struct flow_text text = { 0 };
	char buf[128];

	(void)arg;
	fprintf(file, "verdict     %s\n",
		ksteer_name(&ksteer_verdict_names, explain->verdict));
	fprintf(file, "decided by  %s\n",
		ksteer_name(&ksteer_decided_by_names, explain->decided_by));
	if (*explain->vs)
		fprintf(file, "vs          %s\n", explain->vs);
	if (*explain->pool)
		fprintf(file, "pool        %s\n", explain->pool);
	if (ksteer_has(explain, KSTEER_A_EXPLAIN_SCHED))
		fprintf(file, "sched       %s\n",
			ksteer_name(&ksteer_sched_names, explain->sched));
	if (*explain->tm)
		fprintf(file, "tm          %s\n", explain->tm);
	if (ksteer_has(explain, KSTEER_A_EXPLAIN_KEY)) {
		fputs("key         ", file);
		ksteer_flow_text(file, &explain->key, &text);
	}
	if (explain->key.fields)
		fprintf(file, "fields      %s\n",
			ksteer_mask_names(&ksteer_field_names,
					  explain->key.fields, buf,
					  sizeof(buf)));
	if (explain->reason)
		fprintf(file, "reason      %s\n", explain->reason);
	while ((kind = ksteer_next(&explain->kind, kind)))
		print_kind(file, kind);
}

static int run_explain(struct cli *cli, struct args *args)
{
	struct ksteer_explain request = { 0 }, answer = { 0 };
	int err;

	err = ksteer_args_parse(args, &request.query);
	if (err)
		return err;
	if (!ksteer_cli_nl(cli))
		return CLI_LOCAL;
	ksteer_mark(&request, KSTEER_A_EXPLAIN_QUERY);
	err = ksteer_query(cli->nl, KSTEER_CMD_EXPLAIN, &ksteer_explain_object,
			   &request, &answer);
	if (!err)
		ksteer_out_one(&cli->out, &ksteer_explain_object, &answer,
			       print_explain, NULL);
	ksteer_object_free(&ksteer_explain_object, &answer);
	return err ? ksteer_cli_failed(cli) : CLI_OK;
}

static const struct verb verbs[] = {
	{ NULL, "say what would become of a packet, without sending one",
	  &ksteer_flow_object, ksteer_flow_key_terms,
	  TERM_OWNER | TERM_PARTIAL | TERM_CHANGE, run_explain },
	VERB_END
};

static const struct command explain_command = {
	.name = "explain",
	.help = "what would become of a packet, and why",
	.verbs = verbs,
};

REGISTER_COMMAND(explain_command);
