/* dlopen of the library starts nothing: see lazy.h. */
#include "lazy.h"

int main(void)
{
    static struct outlook before;

    set_up_host();
    look(&before);
    CHECK(dlopen("libtempfile.so.0", RTLD_NOW | RTLD_GLOBAL) != NULL);
    return check_lazy(&before);
}
