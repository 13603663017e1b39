/* environment.c with the C library of glibc 2.41. Its getenv is safe beside a setenv of another thread, so the library uses
 * it. */
#define main environment_main
#include "environment.c"
#undef main

static unsigned asked;

const char *gnu_get_libc_version(void);
const char *gnu_get_libc_version(void)
{
    return "2.41";
}

char *secure_getenv(const char *name)
{
    asked++;
    return getenv(name);
}

int main(void)
{
#ifndef __GLIBC__
    printf("musl's getenv is never safe beside a setenv");
    return 77;
#endif
    int result = environment_main();

    CHECK(asked > 0);
    return result;
}
