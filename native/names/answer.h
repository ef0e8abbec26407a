/* What becomes of a query. */
#ifndef TC_NAMES_ANSWER_H
#define TC_NAMES_ANSWER_H

#include "packet.h"
#include "table.h"
#include "turns.h"

typedef enum
{
  /* It is no query. */
  TC_ANSWER_NONE,
  TC_ANSWER_REPLY,
  /* The same, about the name of containers of which none runs. */
  TC_ANSWER_ABSENT,
  /* It asks for no name of the table. */
  TC_ANSWER_FORWARD,
} tc_answer_kind;

/* Writes to `reply`, which has room for TC_DNS_UDP or TC_DNS_TCP bytes. */
tc_answer_kind tc_answer (const tc_view *view, tc_turns *turns, tc_span query, bool is_tcp, uint8_t *reply, size_t *size);

#endif
