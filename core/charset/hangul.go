package charset

import "strings"

// A Hangul syllable that KS X 1001 has no code for is made of its letters: the filler, the first consonant, the vowel and
// the last consonant or the filler again, two bytes each.
const (
	hangulSize  = 8
	hangulLead  = 0xA4
	hangulMark  = "\xA4\xD4"
	hangulFirst = 0xAC00
	hangulLast  = 0xD7A3

	// The second bytes of the consonants in Unicode's order.
	hangulInitials = "\xA1\xA2\xA4\xA7\xA8\xA9\xB1\xB2\xB3\xB5\xB6\xB7\xB8\xB9\xBA\xBB\xBC\xBD\xBE"
	hangulFinals   = "\xD4\xA1\xA2\xA3\xA4\xA5\xA6\xA7\xA9\xAA\xAB\xAC\xAD\xAE" +
		"\xAF\xB0\xB1\xB2\xB4\xB5\xB6\xB7\xB8\xBA\xBB\xBC\xBD\xBE"
	hangulVowel  = 0xBF // of the first of 21 in a row
	hangulVowels = 21
)

func appendHangul(to []byte, r rune) []byte {
	syllable := int(r - hangulFirst)
	last := syllable % len(hangulFinals)
	vowel := syllable / len(hangulFinals) % hangulVowels
	first := syllable / len(hangulFinals) / hangulVowels
	to = append(to, hangulMark...)
	return append(to, hangulLead, hangulInitials[first], hangulLead, hangulVowel+byte(vowel), hangulLead, hangulFinals[last])
}

func decodeHangul(code []byte) (r rune, ok bool) {
	if code[2] != hangulLead || code[4] != hangulLead || code[6] != hangulLead {
		return 0, false
	}
	first, vowel := strings.IndexByte(hangulInitials, code[3]), int(code[5])-hangulVowel
	last := strings.IndexByte(hangulFinals, code[7])
	if first < 0 || vowel < 0 || vowel >= hangulVowels || last < 0 {
		return 0, false
	}
	return hangulFirst + rune((first*hangulVowels+vowel)*len(hangulFinals)+last), true
}
