// Starts a program and measures, from just before exec, how long it takes until it answers a request with
// 200; asks again every 50 µs. Prints microseconds.
//
//   launch PORT REQUEST-FILE PROGRAM ARGUMENT…
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return at.tv_sec * 1000000000LL + at.tv_nsec;
}

// Whether the server answered with 200.
static int ask(const struct sockaddr_in *to, const char *request, size_t length) {
  char answer[16];
  size_t got = 0;
  int s = socket(AF_INET, SOCK_STREAM, 0);
  if (s < 0) return 0;
  if (connect(s, (const struct sockaddr *)to, sizeof *to) == 0 &&
      write(s, request, length) == (ssize_t)length) {
    while (got < 12) {
      ssize_t more = read(s, answer + got, 12 - got);
      if (more <= 0) break;
      got += (size_t)more;
    }
  }
  close(s);
  return got == 12 && memcmp(answer + 8, " 200", 4) == 0;
}

int main(int count, char **arguments) {
  static char request[65536];
  if (count < 4) {
    fprintf(stderr, "usage: launch PORT REQUEST-FILE PROGRAM ARGUMENT...\n");
    return 2;
  }
  FILE *file = fopen(arguments[2], "rb");
  if (!file) { perror(arguments[2]); return 2; }
  size_t length = fread(request, 1, sizeof request, file);
  fclose(file);
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(arguments[1]))};
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  long long began = now();
  pid_t child = fork();
  if (child < 0) { perror("fork"); return 1; }
  if (child == 0) {
    int nothing = open("/dev/null", O_WRONLY);
    dup2(nothing, 1);
    dup2(nothing, 2);
    execv(arguments[3], arguments + 3);
    _exit(127);
  }
  int answered = 0;
  while (now() - began < 10000000000LL) {
    if (ask(&to, request, length)) { answered = 1; break; }
    if (waitpid(child, NULL, WNOHANG) == child) { fprintf(stderr, "launch: the program ended\n"); return 1; }
    struct timespec pause = {0, 50000};
    nanosleep(&pause, NULL);
  }
  long long took = now() - began;
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  if (!answered) { fprintf(stderr, "launch: no answer in 10 s\n"); return 1; }
  printf("%lld\n", took / 1000);
  return 0;
}
