// SPDX-License-Identifier: GPL-2.0-only
/*
 * Text in aligned columns.  A column with nothing in it is left out.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "table.h"

/**
 * ksteer_table_head - add a column
 * @table: table without rows
 * @head: its head, in memory that outlives the table
 */
void ksteer_table_head(struct table *table, const char *head)
{
	if (table->columns < TABLE_COLUMNS)
		table->heads[table->columns++] = head;
}

/**
 * ksteer_table_cell - add a cell, behind the last one
 * @table: table
 * @format: text as of printf(); empty for nothing
 */
void ksteer_table_cell(struct table *table, const char *format, ...)
{
	char **cells, *text = NULL;
	va_list args;

	cells = reallocarray(table->cells, table->count + 1, sizeof(*cells));
	if (!cells)
		return;
	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	table->cells = cells;
	table->cells[table->count++] = text;
}

/* Width of a column, or 0 if all its cells are empty */
static int width_of(const struct table *table, unsigned int column)
{
	const char *head = table->heads[column];
	size_t width = strlen(head) - (*head == '>'), i, len;
	bool used = !table->count;

	for (i = column; i < table->count; i += table->columns) {
		len = table->cells[i] ? strlen(table->cells[i]) : 0;
		used |= len > 0;
		width = len > width ? len : width;
	}
	return used ? width : 0;
}

static void print_cell(FILE *file, const char *text, bool right, int width,
		       bool last)
{
	if (!text || !*text)
		text = "-";
	if (right)
		fprintf(file, "%*s", width, text);
	else
		fprintf(file, "%-*s", last ? 0 : width, text);
	fputs(last ? "\n" : "  ", file);
}

static void print_row(const struct table *table, FILE *file, const char *indent,
		      const int *width, size_t row)
{
	unsigned int column, last = 0;
	const char *head, *text;

	for (column = 0; column < table->columns; column++)
		last = width[column] ? column : last;
	fputs(indent, file);
	for (column = 0; column <= last; column++) {
		if (!width[column])
			continue;
		head = table->heads[column];
		text = row ? table->cells[(row - 1) * table->columns + column] :
			     head + (*head == '>');
		print_cell(file, text, *head == '>', width[column],
			   column == last);
	}
}

/**
 * ksteer_table_print - print a table and empty it
 * @table: table of whole rows
 * @file: stream
 * @indent: what each line begins with
 */
void ksteer_table_print(struct table *table, FILE *file, const char *indent)
{
	int width[TABLE_COLUMNS];
	unsigned int column;
	size_t rows, i;

	rows = table->columns ? table->count / table->columns : 0;
	for (column = 0; column < table->columns; column++)
		width[column] = width_of(table, column);
	for (i = 0; rows && i <= rows; i++)
		print_row(table, file, indent, width, i);
	for (i = 0; i < table->count; i++)
		free(table->cells[i]);
	free(table->cells);
	memset(table, 0, sizeof(*table));
}
