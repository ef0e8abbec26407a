#include "loop.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#define BATCH 64

int
tc_loop_open (tc_loop *loop)
{
  *loop = (tc_loop){ .epoll_fd = epoll_create1 (EPOLL_CLOEXEC) };
  return loop->epoll_fd < 0 ? -errno : 0;
}

int
tc_loop_watch (tc_loop *loop, tc_source *source, uint32_t events)
{
  struct epoll_event event = { .events = events, .data = { .ptr = source } };

  source->events = events;
  return epoll_ctl (loop->epoll_fd, EPOLL_CTL_ADD, source->fd, &event) < 0 ? -errno : 0;
}

void
tc_loop_change (tc_loop *loop, tc_source *source, uint32_t events)
{
  struct epoll_event event = { .events = events, .data = { .ptr = source } };

  if (source->fd < 0 || source->events == events)
    return;
  source->events = events;
  (void) epoll_ctl (loop->epoll_fd, EPOLL_CTL_MOD, source->fd, &event);
}

void
tc_loop_close (tc_loop *loop, tc_source *source)
{
  int fd = tc_loop_release (loop, source);

  if (fd >= 0)
    (void) close (fd);
}

/* A child that still holds a copy of the descriptor would keep it in the set, so it is removed explicitly. */
int
tc_loop_release (tc_loop *loop, tc_source *source)
{
  int fd = source->fd;

  if (fd >= 0)
    (void) epoll_ctl (loop->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
  source->fd = -1;
  return fd;
}

void
tc_loop_free_later (tc_loop *loop, void *memory)
{
  if (loop->graves == loop->capacity)
    {
      size_t capacity = loop->capacity * 2 + 16;
      void **graveyard = realloc (loop->graveyard, capacity * sizeof (void *));

      if (graveyard == NULL)
        return; /* a small leak is safer than a dangling pointer */
      loop->graveyard = graveyard;
      loop->capacity = capacity;
    }
  loop->graveyard[loop->graves++] = memory;
}

void
tc_loop_turn (tc_loop *loop, int timeout_ms)
{
  struct epoll_event events[BATCH];
  int count = epoll_wait (loop->epoll_fd, events, BATCH, timeout_ms);

  for (int index = 0; index < count; index++)
    {
      tc_source *source = events[index].data.ptr;

      if (source->fd >= 0)
        source->ready (source, events[index].events);
    }
  while (loop->graves > 0)
    free (loop->graveyard[--loop->graves]);
}
