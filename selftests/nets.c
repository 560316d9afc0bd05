// SPDX-License-Identifier: GPL-2.0-only
/*
 * nets ready|forward|kill NETNS...
 *
 * What a case does to all its network namespaces, in one process, since it is
 * done for each case and a process costs much in an emulated machine:
 *
 *	ready	loopback up; no waiting for duplicate addresses; answers may
 *		come by another way than questions went
 *	forward	be routers
 *	kill	end all processes in them, and wait until they are gone
 */
#include <ctype.h>
#include <dirent.h>
#include <limits.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ends.h"

static const char *const ready[] = { "ipv6/conf/all/accept_dad 0",
				     "ipv6/conf/default/accept_dad 0",
				     "ipv6/conf/all/accept_ra 0",
				     "ipv6/conf/default/accept_ra 0",
				     "ipv4/conf/all/rp_filter 0",
				     "ipv4/conf/default/rp_filter 0",
				     "ipv4/conf/all/send_redirects 0",
				     "ipv4/conf/default/send_redirects 0",
				     NULL };

static const char *const forward[] = { "ipv4/ip_forward 1",
				       "ipv6/conf/all/forwarding 1", NULL };

static void write_all(const char *const *line)
{
	char path[PATH_MAX], name[80], value[20];
	FILE *file;

	for (; *line; line++) {
		if (sscanf(*line, "%79s %19s", name, value) != 2)
			errx(2, "%s", *line);
		snprintf(path, sizeof(path), "/proc/sys/net/%s", name);
		file = fopen(path, "w");
		if (!file || fputs(value, file) < 0 || fclose(file))
			err(3, "%s", path);
	}
}

static void loopback_up(void)
{
	struct ifreq ifr = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &ifr))
		err(3, "loopback");
	close(fd);
}

static ino_t inode_of(const char *netns)
{
	char path[PATH_MAX];
	struct stat st;

	snprintf(path, sizeof(path), "/run/netns/%s", netns);
	return stat(path, &st) ? 0 : st.st_ino;
}

/* Is a process in one of the namespaces? */
static bool is_inside(const char *pid, char **netns)
{
	char path[PATH_MAX];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%s/ns/net", pid);
	if (stat(path, &st))
		return false;
	for (; *netns; netns++)
		if (inode_of(*netns) == st.st_ino)
			return true;
	return false;
}

/* Return: how many there were */
static int kill_once(char **netns)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	int count = 0;

	if (!proc)
		err(3, "/proc");
	while ((entry = readdir(proc))) {
		if (!isdigit((unsigned char)entry->d_name[0]) ||
		    atoi(entry->d_name) == getpid() ||
		    !is_inside(entry->d_name, netns))
			continue;
		kill(atoi(entry->d_name), SIGKILL);
		count++;
	}
	closedir(proc);
	return count;
}

static int kill_all(char **netns)
{
	int patience = 200;

	while (kill_once(netns)) {
		if (!patience--)
			errx(1, "processes that do not end");
		poll(NULL, 0, 20);
	}
	return 0;
}

int main(int argc, char **argv)
{
	char **netns = argv + 2;
	bool is_ready;

	if (argc < 2)
		errx(2, "usage: nets ready|forward|kill NETNS...");
	if (!strcmp(argv[1], "kill"))
		return kill_all(netns);
	is_ready = !strcmp(argv[1], "ready");
	for (; *netns; netns++) {
		end_enter(*netns);
		write_all(is_ready ? ready : forward);
		if (is_ready)
			loopback_up();
	}
	return 0;
}
