package text

import (
	"syscall"

	"libtempfile/core/object"
)

// A position in text is opaque, as in Python. Its low bits are the offset in the file of the next character, its high bits
// the decoder's state there. In most texts the high bits are 0, and the position is an offset. Position 0 is the start.
const (
	placeBits    = 48 // of the offset
	skipBits     = 6
	decoderBits  = 4
	placeMask    = 1<<placeBits - 1
	skipMask     = 1<<skipBits - 1
	decoderMask  = 1<<decoderBits - 1
	positionMask = 1<<(placeBits+skipBits+decoderBits) - 1
)

// Position gives the position of the next character, which is at an offset in the file.
func Position(t *object.TextState, place int64) (position int64, err error) {
	if place > placeMask {
		return 0, syscall.EOVERFLOW
	}
	decoder := int64(t.Decoder)
	if t.Decoder == decoderStart(t) {
		decoder = 0 // at the start the offset says so, and elsewhere nothing was read yet
	}
	return place | int64(t.Skip)<<placeBits | decoder<<(placeBits+skipBits), nil
}

// Place gives the offset in the file of a position; false if Position never gives such a number.
func Place(position int64) (place int64, valid bool) {
	return position & placeMask, position >= 0 && position&^positionMask == 0
}

// Restore sets the decoder and the encoder for a position to which the file has moved.
func Restore(t *object.TextState, position int64) {
	place, decoder := position&placeMask, position>>(placeBits+skipBits)&decoderMask
	t.Decoder, t.Skip = uint8(decoder), uint8(position>>placeBits&skipMask)
	start := place == 0 && decoder == 0
	if start {
		t.Decoder = decoderStart(t)
	}
	RestartEncoder(t, start)
}
