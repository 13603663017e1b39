package charset

// Codec translates between the bytes of one encoding and characters, one character at a time. A read can so end between any
// two characters, and an error knows the offset of its bytes. A Codec has no state of its own: what an encoding remembers
// from one character to the next is a number, 0 to 15, which the caller keeps where a forked child finds it.
type Codec interface {
	// Decode takes the first character off src. final means that no more bytes follow src.
	Decode(state uint8, src []byte, final bool) Unit
	// Encode appends a character to to, and gives the state after it; false if the encoding does not have the character.
	Encode(to []byte, state uint8, r rune) ([]byte, uint8, bool)
	// Traits gives the encoding's properties, which never change.
	Traits() Traits
	// Mark gives the byte order mark that a file begins with; "": none.
	Mark() string
}

// Unit is what Decode finds at the start of the bytes.
type Unit struct {
	Kind  Kind
	State uint8 // the decoder's state after the unit
	Size  int   // in bytes; at least 1, unless the unit is Partial
	Rune  rune  // of a Character
}

// Kind says what a unit is.
type Kind uint8

// The kinds of units.
const (
	Character Kind = iota
	Control        // bytes that stand for no character: a byte order mark, an escape sequence
	Bad            // bytes that the encoding does not have
	Fatal          // bad bytes after which nothing can be decoded, whatever the rule for errors is
	Partial        // the beginning of a character: more bytes are needed
)

// Traits are the properties of an encoding that reading and writing text depend on. They are few and small, because they are
// asked for at every read and write.
type Traits struct {
	DecoderStart uint8 // the decoder's state at the start of a file; anywhere else it begins with 0
	EncoderStart uint8 // the encoder's state at the start of a file; anywhere else it begins with 0
	ASCII        bool  // a byte below 0x80 is that character, unless it is a later byte of another one
	Complete     bool  // the encoding has all characters
}

// unmarked is embedded in a codec whose files have no byte order mark.
type unmarked struct{}

func (unmarked) Mark() string { return "" }

// LongestUnit is the most bytes that a Partial unit can have.
const LongestUnit = escapeLimit

func character(r rune, size int) Unit { return Unit{Kind: Character, Rune: r, Size: size} }
func bad(size int) Unit               { return Unit{Kind: Bad, Size: size} }

// partial is the beginning of a character. At the end of the file it is bad as a whole.
func partial(src []byte, final bool) Unit {
	if final {
		return bad(len(src))
	}
	return Unit{Kind: Partial}
}
