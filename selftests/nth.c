// SPDX-License-Identifier: GPL-2.0-only
/*
 * nth N COMMAND [WORD...]
 *
 * Runs a command whose Nth allocation fails, counted where the filters of
 * failslab and fail_page_alloc look. The exit code tells what came of it:
 *
 *	0	it succeeded, and had no Nth allocation
 *	10	it succeeded although the Nth failed
 *	11	it failed, and so had the Nth
 *	12	it failed by itself
 */
#include <err.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SURVIVED 10
#define INJECTED 11
#define BY_ITSELF 12

static void arm(const char *n)
{
	int fd = open("/proc/self/fail-nth", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, n, strlen(n)) < 0)
		err(2, "fail-nth");
	close(fd);
}

/* What a process that has ended, but is still there, has left of its count */
static long left(pid_t pid)
{
	char path[64], text[32] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/fail-nth", pid);
	file = fopen(path, "r");
	if (!file || !fgets(text, sizeof(text), file))
		err(2, "%s", path);
	fclose(file);
	return atol(text);
}

static pid_t start(char **argv)
{
	pid_t pid = fork();

	if (pid < 0)
		err(2, "fork");
	if (pid)
		return pid;
	arm(argv[0]);
	execvp(argv[1], argv + 1);
	err(2, "%s", argv[1]);
}

int main(int argc, char **argv)
{
	siginfo_t info = { 0 };
	bool injected, failed;
	pid_t pid;

	if (argc < 3 || atoi(argv[1]) < 1)
		errx(2, "usage: nth N COMMAND [WORD...]");
	pid = start(argv + 1);
	if (waitid(P_PID, pid, &info, WEXITED | WNOWAIT))
		err(2, "waitid");
	injected = !left(pid);
	failed = info.si_code != CLD_EXITED || info.si_status;
	waitpid(pid, NULL, 0);
	if (!injected)
		return failed ? BY_ITSELF : 0;
	return failed ? INJECTED : SURVIVED;
}
