/*
 * What a disk would hold after a power cut. Preloaded into a process, it keeps a copy of the folder MCPS_DISK in MCPS_PLATTER, of which it
 * changes only what is synced: a file's content when the file is synced, and what became of names when their folder is.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_PENDING 256

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* What has been done to names, in order, until their folder is synced. `from` is empty where `to` is removed. */
static struct { enum { RENAME, LINK, REMOVE } what; char from[PATH_MAX], to[PATH_MAX]; } changes[MAX_PENDING];
static int pending;

static int rename_now(const char *from, const char *to) {
  return ((int (*)(const char *, const char *))dlsym(RTLD_NEXT, "rename"))(from, to);
}

static int link_now(const char *from, const char *to) {
  return ((int (*)(const char *, const char *))dlsym(RTLD_NEXT, "link"))(from, to);
}

static int remove_now(const char *path) {
  return ((int (*)(const char *))dlsym(RTLD_NEXT, "unlink"))(path);
}

static void fail(const char *what) {
  perror(what);
  abort();
}

/* The place on the platter of a path below MCPS_DISK; 0 for others. */
static int place(const char *path, char *out) {
  const char *disk = getenv("MCPS_DISK"), *platter = getenv("MCPS_PLATTER");
  if (disk == NULL || platter == NULL) return 0;
  size_t length = strlen(disk);
  if (strncmp(path, disk, length) != 0 || (path[length] != '/' && path[length] != '\0')) return 0;
  if (snprintf(out, PATH_MAX, "%s%s", platter, path + length) >= PATH_MAX) fail("the path is too long");
  return 1;
}

static void make_parents(char *path) {
  for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
    *slash = '\0';
    mkdir(path, 0700);
    *slash = '/';
  }
}

/* As one step: who is killed in the middle of a sync has what was synced before. */
static void copy_file(const char *path, const char *to, mode_t mode) {
  char beside[PATH_MAX + 16], buffer[65536], target[PATH_MAX];
  snprintf(target, sizeof target, "%s", to);
  make_parents(target);
  snprintf(beside, sizeof beside, "%s.copying", to);
  int in = open(path, O_RDONLY | O_CLOEXEC), out = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode & 0777);
  if (in < 0 || out < 0) fail("copy");
  for (ssize_t size; (size = read(in, buffer, sizeof buffer)) != 0;) {
    if (size < 0 || write(out, buffer, (size_t)size) != size) fail("copy");
  }
  close(in);
  close(out);
  if (rename_now(beside, to) != 0) fail("copy");
}

static void settle_folder(const char *folder) {
  size_t length = strlen(folder);
  int left = 0;
  for (int i = 0; i < pending; i++) {
    const char *name = strrchr(changes[i].to, '/');
    if ((size_t)(name - changes[i].to) != length || strncmp(changes[i].to, folder, length) != 0) {
      changes[left++] = changes[i];
    } else if (changes[i].what == RENAME) {
      rename_now(changes[i].from, changes[i].to);
    } else if (changes[i].what == LINK) {
      link_now(changes[i].from, changes[i].to);
    } else {
      remove_now(changes[i].to);
    }
  }
  pending = left;
}

static void note(int what, const char *from, const char *to) {
  char from_place[PATH_MAX] = "", to_place[PATH_MAX];
  if (!place(to, to_place) || (from != NULL && !place(from, from_place))) return;
  pthread_mutex_lock(&lock);
  if (pending == MAX_PENDING) fail("too many changes without a sync of their folder");
  changes[pending].what = what;
  strcpy(changes[pending].from, from_place);
  strcpy(changes[pending].to, to_place);
  pending += 1;
  pthread_mutex_unlock(&lock);
}

static void settle(int fd) {
  char link[64], path[PATH_MAX], to[PATH_MAX];
  struct stat status;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0 || fstat(fd, &status) != 0) return;
  path[length] = '\0';
  if (!place(path, to)) return;
  pthread_mutex_lock(&lock);
  if (S_ISDIR(status.st_mode)) settle_folder(to);
  else copy_file(link, to, status.st_mode);
  pthread_mutex_unlock(&lock);
}

int fsync(int fd) {
  settle(fd);
  return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(fd);
}

int fdatasync(int fd) {
  settle(fd);
  return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(fd);
}

int rename(const char *from, const char *to) {
  int result = rename_now(from, to);
  if (result == 0) note(RENAME, from, to);
  return result;
}

int link(const char *from, const char *to) {
  int result = link_now(from, to);
  if (result == 0) note(LINK, from, to);
  return result;
}

int unlink(const char *path) {
  int result = remove_now(path);
  if (result == 0) note(REMOVE, NULL, path);
  return result;
}
