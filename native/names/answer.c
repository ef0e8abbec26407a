#include "answer.h"

static tc_records records_of (const tc_known *known, uint16_t type);
static tc_records addresses (uint16_t type, tc_span data);
static size_t in_turn (tc_turns *turns, tc_span query, const tc_question *question, const tc_records *records, bool is_tcp,
                       uint8_t *reply);

tc_answer_kind
tc_answer (const tc_view *view, tc_turns *turns, tc_span query, bool is_tcp, uint8_t *reply, size_t *size)
{
  tc_question question;
  tc_known known;
  tc_records records;

  switch (tc_question_read (query.data, query.size, &question))
    {
    case TC_QUERY_NONE:
      return TC_ANSWER_NONE;
    case TC_QUERY_FORMERR:
      *size = tc_failure_write (query.data, query.size, TC_CODE_FORMERR, reply);
      return TC_ANSWER_REPLY;
    case TC_QUERY_NOTIMP:
      *size = tc_failure_write (query.data, query.size, TC_CODE_NOTIMP, reply);
      return TC_ANSWER_REPLY;
    case TC_QUERY_GOOD:
    default:
      break;
    }
  if (question.class != TC_DNS_IN && question.class != TC_DNS_ANY)
    return TC_ANSWER_FORWARD;
  known = tc_view_find (view, (tc_span){ question.name, (uint32_t) question.name_size });
  if (known.kind == TC_NAME_UNKNOWN)
    return TC_ANSWER_FORWARD;
  if (question.has_edns && question.edns_version > 0)
    {
      *size = tc_bad_version_write (query.data, &question, reply);
      return TC_ANSWER_REPLY;
    }
  records = records_of (&known, question.type);
  if (records.count > 1)
    *size = in_turn (turns, query, &question, &records, is_tcp, reply);
  else
    *size = tc_reply_write (query.data, &question,
                            known.kind == TC_NAME_ABSENT ? TC_CODE_NXDOMAIN : TC_CODE_NOERROR, &records, 0, is_tcp, reply);
  return known.kind == TC_NAME_ABSENT ? TC_ANSWER_ABSENT : TC_ANSWER_REPLY;
}

/* A name without records of the wanted type is one that has others: RFC 2308, 2.2. ANY is answered with the records of one type,
   as RFC 8482 allows. */
static tc_records
records_of (const tc_known *known, uint16_t type)
{
  if (known->kind == TC_NAME_ADDRESS && known->target.size > 0 && (type == TC_DNS_PTR || type == TC_DNS_ANY))
    return (tc_records){
      .type = TC_DNS_PTR, .size = (uint16_t) known->target.size, .count = 1, .data = known->target.data
    };
  if (type == TC_DNS_A || (type == TC_DNS_ANY && known->ipv4.size > 0))
    return addresses (TC_DNS_A, known->ipv4);
  if (type == TC_DNS_AAAA || type == TC_DNS_ANY)
    return addresses (TC_DNS_AAAA, known->ipv6);
  return (tc_records){ .count = 0 };
}

static tc_records
addresses (uint16_t type, tc_span data)
{
  uint16_t size = type == TC_DNS_A ? 4 : 16;

  return (tc_records){ .type = type, .size = size, .count = data.size / size, .data = data.data };
}

/* A reply that is cut takes no turn: its client asks again over TCP, and would never see the address between the two. */
static size_t
in_turn (tc_turns *turns, tc_span query, const tc_question *question, const tc_records *records, bool is_tcp, uint8_t *reply)
{
  uint32_t hash = tc_name_hash ((tc_span){ question->name, (uint32_t) question->name_size });
  unsigned family = records->type == TC_DNS_A ? 0 : 1;
  uint32_t first = tc_turns_first (turns, hash, family, records->count);
  size_t size = tc_reply_write (query.data, question, TC_CODE_NOERROR, records, first, is_tcp, reply);

  if (!tc_dns_is_cut (reply))
    tc_turns_end (turns, hash, family);
  return size;
}
