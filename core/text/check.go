package text

import (
	"encoding/hex"
	"fmt"
	"unicode/utf8"

	"libtempfile/core/charset"
	"libtempfile/core/object"
)

// Check decodes bytes that were read ahead to find an error, where the rule is to report errors. The error's offset is
// counted from the start of these bytes.
func Check(t *object.TextState, ahead []byte, final bool) *Error {
	codec, state, strict := codecOf(t), t.Decoder, errorRuleOf(t).strict()
	if t.Encoding == charset.UTF8 && utf8.Valid(ahead) {
		return nil
	}
	for at := 0; at < len(ahead) && (strict || at == 0); { // only the start of a file can be fatal
		u := codec.Decode(state, ahead[at:], final)
		if u.Kind == charset.Partial {
			break
		}
		if u.Kind == charset.Fatal || u.Kind == charset.Bad && strict {
			name := charset.Name(t.Encoding)
			return &Error{name, int64(at), badReason(name, u.Kind, ahead[at:at+u.Size])}
		}
		at += u.Size
		state = u.State
	}
	return nil
}

func badReason(encoding string, kind charset.Kind, bytes []byte) string {
	if kind == charset.Fatal {
		return fmt.Sprintf("the text is not %s: there is no byte order mark", encoding)
	}
	return fmt.Sprintf("the text is not %s: %s", encoding, hex.EncodeToString(bytes))
}
