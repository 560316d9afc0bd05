/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Text in aligned columns.
 */
#ifndef _KSTEER_TABLE_H
#define _KSTEER_TABLE_H

#include <stdio.h>

#define TABLE_COLUMNS 24

/**
 * struct table - rows of cells
 * @columns: number of columns
 * @heads: heads of the columns; one that begins with '>' is aligned right
 * @cells: text of the cells, row by row
 * @count: number of cells
 */
struct table {
	unsigned int columns;
	const char *heads[TABLE_COLUMNS];
	char **cells;
	size_t count;
};

void ksteer_table_head(struct table *table, const char *head);
void ksteer_table_cell(struct table *table, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void ksteer_table_print(struct table *table, FILE *file, const char *indent);

#endif /* _KSTEER_TABLE_H */
