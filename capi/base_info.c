/* Public functions whose answer is a constant. */
#include "base.h"

const char *tempfile_version(void)
{
#ifdef TEMPFILE_UNTESTED_GO
    return TEMPFILE_VERSION "+untested-go";
#else
    return TEMPFILE_VERSION;
#endif
}

const char *tempfile_gettempprefix(void)
{
    tempfile__clear();
    return "tmp";
}

const char *tempfile_gettempprefixb(void)
{
    return tempfile_gettempprefix();
}
