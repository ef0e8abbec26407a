/* Offers a command to the warm process. */
#ifndef TC_FRONT_CALL_H
#define TC_FRONT_CALL_H

/* Returns the connection once the server has accepted the command and been told to go, or -1 with nothing begun:
   nobody of this user listens, it is busy, it does not take such a command, or the call does not fit. */
int tc_call (const char *root, const char *socket_path, char *const arguments[], char *const environment[]);

#endif
