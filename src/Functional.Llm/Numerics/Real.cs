// One alias decides the precision of the whole library. The library is built with float; the double-precision tests
// compile the same sources with double, where finite differences can tell a right gradient from a wrong one.
#if REAL_IS_DOUBLE
global using Bits = long;
global using Real = double;
#else
global using Bits = int;
global using Real = float;
#endif
