// SPDX-License-Identifier: GPL-2.0-only
/*
 * Words of a command line to structures, as tables of terms say.
 */
#include <net/if.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "parse.h"

/**
 * ksteer_args_usage - say what is wrong with the words
 * @args: words
 * @format: sentence as of printf(), without its end
 *
 * Return: CLI_USAGE.
 */
int ksteer_args_usage(const struct args *args, const char *format, ...)
{
	const char *verb = args->verb->name;
	va_list list;

	fputs("Error: ", stderr);
	va_start(list, format);
	vfprintf(stderr, format, list);
	va_end(list);
	fprintf(stderr, " in '%s%s%s'\n", args->command->name, verb ? " " : "",
		verb ? verb : "");
	return CLI_USAGE;
}

/**
 * ksteer_args_bad - say that a word is not the value it should be
 * @args: words
 * @term: whose value it is
 * @word: the word
 * @kind: what it should be
 *
 * Return: CLI_USAGE.
 */
int ksteer_args_bad(const struct args *args, const struct term *term,
		    const char *word, const char *kind)
{
	if (term->word)
		return ksteer_args_usage(args, "'%s' after '%s' is not %s",
					 word, term->word, kind);
	return ksteer_args_usage(args, "%s '%s' is not %s", term->arg, word,
				 kind);
}

/**
 * ksteer_args_take - take the value of a term
 * @args: words
 * @term: whose value the next word is
 *
 * Return: the word, or NULL after a message.
 */
const char *ksteer_args_take(struct args *args, const struct term *term)
{
	if (args->next < args->count)
		return args->words[args->next++];
	if (term->word)
		ksteer_args_usage(args, "keyword '%s' needs a value",
				  term->word);
	else
		ksteer_args_usage(args, "%s is missing", term->arg);
	return NULL;
}

/**
 * ksteer_args_switch - take "on" or "off" if one of them comes next
 * @args: words
 *
 * Return: false after "off", else true.
 */
bool ksteer_args_switch(struct args *args)
{
	const char *word;

	if (args->next >= args->count)
		return true;
	word = args->words[args->next];
	if (strcmp(word, "on") && strcmp(word, "off"))
		return true;
	args->next++;
	return !strcmp(word, "on");
}

static int parse_unsigned(const struct ksteer_attr *attr, const char *word,
			  void *to)
{
	static const __u64 max[] = {
		[KSTEER_T_U8] = 0xff,	     [KSTEER_T_U16] = 0xffff,
		[KSTEER_T_U32] = 0xffffffff, [KSTEER_T_U64] = ~0ULL,
		[KSTEER_T_HEX] = ~0ULL,
	};
	__u64 n;

	if (ksteer_parse_number(word, 0, max[attr->type], &n))
		return -1;
	if (attr->type == KSTEER_T_U8)
		*(__u8 *)to = n;
	else if (attr->type == KSTEER_T_U16)
		*(__u16 *)to = n;
	else if (attr->type == KSTEER_T_U32)
		*(__u32 *)to = n;
	else
		*(__u64 *)to = n;
	return 0;
}

static int parse_seconds(const char *word, __u32 *seconds)
{
	__u64 ms;

	if (ksteer_parse_time(word, &ms) || ms % 1000 || ms / 1000 > 0xffffffff)
		return -1;
	*seconds = ms / 1000;
	return 0;
}

static int parse_milliseconds(const char *word, __u32 *to)
{
	__u64 ms;

	if (ksteer_parse_time(word, &ms) || ms > 0xffffffff)
		return -1;
	*to = ms;
	return 0;
}

static int parse_device(const char *word, __u32 *ifindex)
{
	__u64 n = if_nametoindex(word);

	/* As a device is shown that is gone */
	if (!n && (strncmp(word, "if", 2) ||
		   ksteer_parse_number(word + 2, 1, 0x7fffffff, &n)))
		return -1;
	*ifindex = n;
	return 0;
}

/* As the kernel has it, which is asked whether it is there elsewhere */
static int parse_device_name(const char *word, char *name)
{
	if (!*word || strlen(word) >= IF_NAMESIZE || strpbrk(word, "/: \t\n"))
		return -1;
	strcpy(name, word);
	return 0;
}

static int parse_flags_item(const struct ksteer_attr *attr, const char *word,
			    struct ksteer_list *list)
{
	__u32 mask, *item;

	if (ksteer_mask(attr->names, word, &mask))
		return -1;
	item = ksteer_list_add(list, sizeof(*item));
	if (!item)
		return -1;
	*item = mask;
	return 0;
}

static int parse_attr(const struct ksteer_attr *attr, const char *word,
		      void *to)
{
	switch (attr->type) {
	case KSTEER_T_TIME:
		return parse_seconds(word, to);
	case KSTEER_T_MSEC:
		return parse_milliseconds(word, to);
	case KSTEER_T_PROTO:
		return ksteer_parse_proto(word, to);
	case KSTEER_T_DEV:
		return parse_device(word, to);
	case KSTEER_T_NAME:
		return ksteer_parse_name(word, to);
	case KSTEER_T_DEVNAME:
		return parse_device_name(word, to);
	case KSTEER_T_MACS:
		return ksteer_parse_macs(word, to);
	case KSTEER_T_IP:
		return ksteer_parse_ip(word, to);
	case KSTEER_T_ENUM:
		return ksteer_value(attr->names, word, to);
	case KSTEER_T_FLAGS:
		return ksteer_mask(attr->names, word, to);
	case KSTEER_T_FLAGS_LIST:
		return parse_flags_item(attr, word, to);
	default:
		return parse_unsigned(attr, word, to);
	}
}

/* What a word should have been */
static void describe(const struct ksteer_attr *attr, char *buf, size_t size)
{
	static const char *const kinds[] = {
		[KSTEER_T_U8] = "a number from 0 to 255",
		[KSTEER_T_U16] = "a number from 0 to 65535",
		[KSTEER_T_U32] = "a number from 0 to 4294967295",
		[KSTEER_T_U64] = "a number",
		[KSTEER_T_HEX] = "a number of at most 64 bits",
		[KSTEER_T_TIME] = "a time in whole seconds",
		[KSTEER_T_MSEC] = "a time of at most 49 days",
		[KSTEER_T_PROTO] = "a protocol",
		[KSTEER_T_DEV] = "a device",
		[KSTEER_T_NAME] = "a name of 1 to 31 characters",
		[KSTEER_T_DEVNAME] = "a device",
		[KSTEER_T_MACS] = "a list of at most 8 MAC addresses",
		[KSTEER_T_IP] = "an IPv4 or IPv6 address",
	};
	size_t used;
	unsigned int i;

	if (!attr->names) {
		snprintf(buf, size, "%s", kinds[attr->type]);
		return;
	}
	used = snprintf(buf, size, "a %s (", attr->names->what);
	for (i = 0; i < attr->names->count && used < size; i++)
		used += snprintf(buf + used, size - used, "%s%s", i ? "," : "",
				 attr->names->names[i]);
	if (used < size)
		snprintf(buf + used, size - used, ")");
}

/**
 * ksteer_args_attr - set an attribute, of whatever object
 * @args: words, for messages
 * @term: term that the value belongs to
 * @attr: attribute
 * @word: value
 * @model: structure that has it
 *
 * Return: CLI_OK, or another exit code after a message.
 */
int ksteer_args_attr(struct args *args, const struct term *term,
		     const struct ksteer_attr *attr, const char *word,
		     void *model)
{
	char kind[192];
	bool there = attr->type != KSTEER_T_DEVNAME || args->absent ||
		     if_nametoindex(word);

	if (there && !parse_attr(attr, word, ksteer_member_of(model, attr))) {
		ksteer_mark(model, attr->id);
		return CLI_OK;
	}
	describe(attr, kind, sizeof(kind));
	return ksteer_args_bad(args, term, word, kind);
}

/**
 * ksteer_args_value - set an attribute
 * @args: words, for messages
 * @term: term that the value belongs to
 * @id: attribute
 * @word: value
 * @model: structure of the verb's object
 *
 * Return: CLI_OK, or another exit code after a message.
 */
int ksteer_args_value(struct args *args, const struct term *term,
		      unsigned int id, const char *word, void *model)
{
	return ksteer_args_attr(args, term,
				ksteer_attr_by_id(args->verb->object, id), word,
				model);
}

static int parse_term(struct args *args, const struct term *term, void *model)
{
	const char *word;

	if (term->parse)
		return term->parse(args, term, model);
	word = ksteer_args_take(args, term);
	if (!word)
		return CLI_USAGE;
	return ksteer_args_value(args, term, term->attr, word, model);
}

/**
 * ksteer_term_of - does the term belong to the verb
 * @verb: verb
 * @term: one of its table
 *
 * Return: true if it does.
 */
bool ksteer_term_of(const struct verb *verb, const struct term *term)
{
	return !(term->flags & verb->without);
}

static const struct term *find_keyword(const struct verb *verb,
				       const char *word)
{
	const struct term *term;

	for (term = verb->terms; term->word || term->arg; term++)
		if (term->word && !strcmp(term->word, word) &&
		    ksteer_term_of(verb, term))
			return term;
	return NULL;
}

static int parse_positional(struct args *args, void *model)
{
	const struct term *term;
	int err;

	for (term = args->verb->terms; !term->word && term->arg; term++) {
		if (args->next >= args->count && term->flags & TERM_OPTIONAL)
			break;
		err = parse_term(args, term, model);
		if (err)
			return err;
	}
	return CLI_OK;
}

static int parse_keywords(struct args *args, void *model, __u64 *seen)
{
	const struct term *term;
	const char *word;
	__u64 bit;
	int err;

	while (args->next < args->count) {
		word = args->words[args->next++];
		term = find_keyword(args->verb, word);
		if (!term)
			return ksteer_args_usage(args, "unknown keyword '%s'",
						 word);
		bit = 1ULL << (term - args->verb->terms);
		if (*seen & bit && !(term->flags & TERM_REPEAT))
			return ksteer_args_usage(args, "a second '%s'", word);
		*seen |= bit;
		err = parse_term(args, term, model);
		if (err)
			return err;
	}
	return CLI_OK;
}

/**
 * ksteer_args_parse - read all words of a verb
 * @args: words
 * @model: structure of the verb's object, empty; the caller frees what it
 *	   owns, on failure too
 *
 * Return: CLI_OK, or another exit code after a message.
 */
int ksteer_args_parse(struct args *args, void *model)
{
	const struct term *term;
	__u64 seen = 0;
	int err;

	err = parse_positional(args, model);
	if (!err)
		err = parse_keywords(args, model, &seen);
	if (err)
		return err;
	for (term = args->verb->terms; term->word || term->arg; term++)
		if (term->flags & TERM_REQUIRED &&
		    ksteer_term_of(args->verb, term) &&
		    !(seen & 1ULL << (term - args->verb->terms)))
			break;
	if (!term->word)
		return CLI_OK;
	return ksteer_args_usage(args, "keyword '%s' is missing", term->word);
}

/**
 * ksteer_args_file - the file that a verb reads
 * @args: words of a verb with an optional positional FILE
 *
 * Return: its name; "-" if there is none.
 */
const char *ksteer_args_file(const struct args *args)
{
	return args->next < args->count ? args->words[args->next] : "-";
}

/**
 * ksteer_save_word - print a word so that it is read as one
 * @file: stream
 * @word: word
 */
void ksteer_save_word(FILE *file, const char *word)
{
	if (*word && !strpbrk(word, "\"\\#")) {
		fputs(word, file);
		return;
	}
	fputc('"', file);
	for (; *word; word++) {
		if (*word == '"' || *word == '\\')
			fputc('\\', file);
		fputc(*word, file);
	}
	fputc('"', file);
}

static void save_flags_list(FILE *file, const struct term *term,
			    const struct ksteer_attr *attr,
			    const struct ksteer_list *list)
{
	__u32 *mask = NULL;
	char buf[128];

	while ((mask = ksteer_next(list, mask)))
		fprintf(file, " %s %s", term->word,
			ksteer_mask_names(attr->names, *mask, buf,
					  sizeof(buf)));
}

static const char *save_text(const struct ksteer_attr *attr, const void *from,
			     char *buf, size_t size)
{
	switch (attr->type) {
	case KSTEER_T_U8:
		snprintf(buf, size, "%u", *(const __u8 *)from);
		return buf;
	case KSTEER_T_U16:
		snprintf(buf, size, "%u", *(const __u16 *)from);
		return buf;
	case KSTEER_T_HEX:
		snprintf(buf, size, "0x%llx", *(const __u64 *)from);
		return buf;
	case KSTEER_T_TIME:
		return ksteer_format_time(*(const __u32 *)from * 1000ULL, buf);
	case KSTEER_T_PROTO:
		return ksteer_format_proto(*(const __u8 *)from, buf);
	case KSTEER_T_DEV:
		return ksteer_device_name(*(const __u32 *)from, buf);
	case KSTEER_T_NAME:
	case KSTEER_T_DEVNAME:
		return from;
	case KSTEER_T_MACS:
		return ksteer_format_macs(from, buf);
	case KSTEER_T_IP:
		return ksteer_format_ip(from, buf);
	case KSTEER_T_ENUM:
		return ksteer_name(attr->names, *(const __u32 *)from);
	case KSTEER_T_FLAGS:
		return ksteer_mask_names(attr->names, *(const __u32 *)from, buf,
					 size);
	default:
		snprintf(buf, size, "%u", *(const __u32 *)from);
		return buf;
	}
}

/**
 * ksteer_term_save - print a term so that it is read back
 * @file: stream
 * @object: what @model is
 * @term: positional word or keyword
 * @model: structure; nothing is printed for what it does not have
 */
void ksteer_term_save(FILE *file, const struct ksteer_object *object,
		      const struct term *term, const void *model)
{
	const struct ksteer_attr *attr = ksteer_attr_by_id(object, term->attr);
	const char *text;
	char buf[KSTEER_MACS_STRLEN];
	void *from;

	if (term->save) {
		term->save(file, term, model);
		return;
	}
	if (!ksteer_has(model, term->attr))
		return;
	from = ksteer_member_of(model, attr);
	if (attr->type == KSTEER_T_FLAGS_LIST) {
		save_flags_list(file, term, attr, from);
		return;
	}
	text = save_text(attr, from, buf, sizeof(buf));
	fprintf(file, " %s%s", term->word ? term->word : "",
		term->word ? " " : "");
	ksteer_save_word(file, text);
}
