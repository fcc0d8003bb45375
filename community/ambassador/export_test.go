package ambassador

// For the tests of codes.
const Alphabet = codeAlphabet

// For the tests of codes.
var (
	NewCode = newCode
	Checks  = checks
	CutCode = cutCode
)

// FindCode is findCode.
func FindCode(text string) (code string, direct, ok bool) {
	s, ok := findCode(text)
	return s.code, s.direct, ok
}
