/* SPDX-License-Identifier: ISC
 *
 * Handles changes that inotify reports. Its events only mark what must be checked
 * again, so a lost event costs time but no data. Where inotify does not work, the
 * tail polls.
 */
#include "read/tail_private.h"
#include "read/tail_rotated.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/vfs.h>
#include <unistd.h>

#define FOLDER_EVENTS (SIBLING_EVENTS | LINK_EVENTS | \
    IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)
/* IN_ATTRIB: the link count changed; the file may have been unlinked. */
#define FILE_EVENTS (IN_MODIFY | IN_ATTRIB)
/* For a name that determines where a path leads. IN_ATTRIB: access may be allowed
 * now. */
#define LINK_EVENTS (IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB)
/* A copy is complete, or a file has come that was not seen under another name. */
#define SIBLING_EVENTS (IN_CLOSE_WRITE | IN_MOVED_TO)
#define LOST_EVENTS (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED | IN_UNMOUNT)

/* File systems, by statfs(2), on which other machines or programs can write
 * without an event of inotify: 9p, AFS, CEPH, CIFS, CODA, FUSE, GFS2, GPFS,
 * Lustre, NCP, NFS, OCFS2, SMB, SMB2, vboxsf, vmhgfs. */
static const uint32_t network_file_systems[] = {
	0x01021997, 0x5346414F, 0x00C36400, 0xFF534D42, 0x73757245, 0x65735546,
	0x01161970, 0x47504653, 0x0BD00BD0, 0x0000564C, 0x00006969, 0x7461636F,
	0x0000517B, 0xFE534D42, 0x786F4256, 0xBACBACBC,
};

void
tail_warn(const struct tail *tail, const char *format, ...)
{
	va_list arguments;
	char text[512];

	if (tail->options.warn == NULL)
		return;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	tail->options.warn(tail->options.context, text);
}

static void
poll_instead(struct tail *tail, const char *what, const char *why)
{
	if (!tail->is_polling)
		tail_warn(tail, "%s: %s; files are checked every %lld ms instead", what,
		    why, (long long)tail->options.poll_ms);
	tail->is_polling = true;
}

void
tail_watch_start(struct tail *tail)
{
	tail->inotify = -1;
	if (tail->options.is_polling) {
		tail->is_polling = true;
		return;
	}
	tail->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (tail->inotify < 0)
		poll_instead(tail, "inotify", errno == EMFILE
		    ? "this user has too many already (fs.inotify.max_user_instances)"
		    : strerror(errno));
}

static int
add_watch(struct tail *tail, const char *path, const char *what, uint32_t events)
{
	int watch;

	if (tail->inotify < 0)
		return TAIL_UNWATCHED;
	watch = inotify_add_watch(tail->inotify, path, events);
	if (watch < 0 && errno != ENOENT && errno != ENOTDIR)
		poll_instead(tail, what, errno == ENOSPC
		    ? "this user has too many watches (fs.inotify.max_user_watches)"
		    : strerror(errno));
	return watch;
}

static bool
is_on_network(const char *folder)
{
	struct statfs system;

	if (statfs(folder, &system) < 0)
		return false;
	for (size_t i = 0; i < sizeof(network_file_systems) / sizeof(uint32_t); i++)
		if ((uint32_t)system.f_type == network_file_systems[i])
			return true;
	return false;
}

int
tail_watch_folder(struct tail *tail, const char *folder, int *watch)
{
	struct stat status;

	/* Before the folder is searched: every change after this gives an
	 * event. */
	*watch = add_watch(tail, folder, folder, FOLDER_EVENTS);
	if (*watch < 0 && stat(folder, &status) < 0)
		return -1;
	if (*watch < 0 && !S_ISDIR(status.st_mode)) {
		errno = ENOTDIR;
		return -1;
	}
	if (!tail->is_polling && is_on_network(folder))
		poll_instead(tail, folder,
		    "this file system does not report all writes");
	return 0;
}

void
tail_watch_file(struct tail *tail, struct tail_file *file)
{
	char path[32];

	/* The open file itself: its name may already stand for another. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", file->fd);
	file->watch = add_watch(tail, path, file->name->path, FILE_EVENTS);
	if (file->watch < 0 && tail->inotify >= 0)
		poll_instead(tail, file->name->path, strerror(errno));
}

static bool
is_used(const struct tail *tail, int watch)
{
	TAIL_EACH_NAME(tail, name) {
		for (size_t i = 0; i < name->link_count; i++)
			if (name->links[i].watch == watch)
				return true;
		TAIL_EACH_FILE(name, file)
			if (file->watch == watch)
				return true;
	}
	return false;
}

void
tail_watch_drop(struct tail *tail, int watch)
{
	if (tail->inotify >= 0 && watch >= 0 && !is_used(tail, watch))
		inotify_rm_watch(tail->inotify, watch);
}

void
tail_watch_doubt(struct tail *tail)
{
	TAIL_EACH_NAME(tail, name) {
		name->is_dirty = true;
		TAIL_EACH_FILE(name, file)
			file->may_have_changed = true;
	}
}

static void
mark_for_folder_event(struct tail_name *name, const struct tail_link *link,
    const struct inotify_event *event)
{
	if (event->mask & LOST_EVENTS) {
		name->is_dirty = true;
	} else if (event->len > 0 && strcmp(link->component, event->name) == 0) {
		name->is_dirty |= (event->mask & LINK_EVENTS) != 0;
	} else if (event->len > 0 && (event->mask & SIBLING_EVENTS) &&
	    tail_rotated_is_name(event->name, link->component)) {
		name->is_rotated = true;
	}
}

static void
mark_for_event(struct tail *tail, const struct inotify_event *event)
{
	TAIL_EACH_NAME(tail, name) {
		for (size_t i = 0; i < name->link_count; i++)
			if (name->links[i].watch == event->wd)
				mark_for_folder_event(name, &name->links[i], event);
		TAIL_EACH_FILE(name, file)
			if (file->watch == event->wd)
				file->may_have_changed = true;
	}
}

void
tail_watch_take(struct tail *tail)
{
	_Alignas(struct inotify_event) char events[16384];
	ssize_t got;

	while ((got = read(tail->inotify, events, sizeof(events))) > 0) {
		for (char *at = events; at < events + got;) {
			const struct inotify_event *event = (const void *)at;

			if (event->mask & IN_Q_OVERFLOW) {
				tail_watch_doubt(tail);
				TAIL_EACH_NAME(tail, name)
					name->is_rotated = true;
			} else {
				mark_for_event(tail, event);
			}
			at += sizeof(*event) + event->len;
		}
	}
}
