//go:build !tempfile_no_reserve

#include "textflag.h"

// func Reserve()
TEXT ·Reserve(SB), 0, $262144-0
	RET
