//! Three values: operators, macros and lists that may have more. What is
//! written here is what `docs/expressions.md` promises.

use super::compare;
use super::world::World;

/// `U` is a truth value that nobody knows, `N` such a number, `S` such a text;
/// `C` are two subnets with 10 and 20 addresses, and `O` the same two in a list
/// that may have more.
const NAMES: &[(&str, &str)] = &[
    ("U", "endpoint.RequesterManaged"),
    ("N", "endpoint.vpc().subnets()[7].AvailableIpAddressCount"),
    ("S", "endpoint.OwnerId"),
    ("C", "endpoint.subnets()"),
    ("O", "endpoint.vpc().subnets()"),
    ("free", "AvailableIpAddressCount"),
];

#[test]
fn operators() {
    compare(
        "
true && true  =>  true
true && false  =>  false
true && U  =>  unknown
false && true  =>  false
false && false  =>  false
false && U  =>  false
U && true  =>  unknown
U && false  =>  false
U && U  =>  unknown
true || true  =>  true
true || false  =>  true
true || U  =>  true
false || true  =>  true
false || false  =>  false
false || U  =>  unknown
U || true  =>  true
U || false  =>  unknown
U || U  =>  unknown
!true  =>  false
!false  =>  true
!U  =>  unknown
!(U && false)  =>  true
U && U || true  =>  true
true ? 1 : 2  =>  1
false ? 1 : 2  =>  2
U ? 1 : 2  =>  unknown
U ? 1 : 1  =>  unknown
true ? 1 : N  =>  1
false ? 1 : N  =>  unknown
(U || true) ? 1 : 2  =>  1
undecided(\"what the appliance lets through\")  =>  unknown
undecided(\"what the appliance lets through\") || true  =>  true
undecided(\"what the appliance lets through\") && false  =>  false
",
        NAMES,
        World::endpoint(),
    );
}

#[test]
fn comparisons_and_arithmetic() {
    compare(
        "
U == true  =>  unknown
U == U  =>  unknown
U != U  =>  unknown
N == 1  =>  unknown
N < 1  =>  unknown
N >= 1  =>  unknown
S == \"111122223333\"  =>  unknown
S + \"x\"  =>  unknown
S.startsWith(\"1\")  =>  unknown
N + 1  =>  unknown
0 * N  =>  unknown
-N  =>  unknown
[1, N] == [1, 2]  =>  unknown
[1, N] == [2, 2]  =>  false
[1, N] == [1]  =>  false
[1, 2] != [1, N]  =>  unknown
string(N)  =>  unknown
int(\"12\") + 1  =>  13
int(\"twelve\")  =>  unknown
null == null  =>  true
null != null  =>  false
\"a\" < \"b\" && !(\"b\" < \"a\") && \"a\" <= \"a\" && \"B\" < \"a\"  =>  true
",
        NAMES,
        World::endpoint(),
    );
}

#[test]
fn arithmetic_beyond_64_bits_is_unknown() {
    compare(
        "
9223372036854775806 + 1  =>  9223372036854775807
9223372036854775807 + 1  =>  unknown
-9223372036854775808 - 1  =>  unknown
-9223372036854775807 - 1  =>  -9223372036854775808
3037000500 * 3037000500  =>  unknown
4611686018427387904 * -2  =>  -9223372036854775808
-(-9223372036854775808)  =>  unknown
-9223372036854775808 / -1  =>  unknown
-9223372036854775808 % -1  =>  unknown
1 / 0  =>  unknown
1 % 0  =>  unknown
7 / 2  =>  3
-7 / 2  =>  -3
-7 % 2  =>  -1
1 / 0 == 1 || true  =>  true
1 / 0 == 1 && false  =>  false
",
        NAMES,
        World::endpoint(),
    );
}

#[test]
fn macros_over_lists_with_unknown_elements() {
    compare(
        "
[].all(x, U)  =>  true
[].exists(x, U)  =>  false
[].exists_one(x, U)  =>  false
[].filter(x, U)  =>  []
[].map(x, U)  =>  []
[true, true].all(x, x)  =>  true
[true, U].all(x, x)  =>  unknown
[U, true].all(x, x)  =>  unknown
[true, U, false].all(x, x)  =>  false
[false, U].all(x, x)  =>  false
[false, false].exists(x, x)  =>  false
[false, U].exists(x, x)  =>  unknown
[U, false].exists(x, x)  =>  unknown
[U, true].exists(x, x)  =>  true
[true, U].exists(x, x)  =>  true
[false, true].exists_one(x, x)  =>  true
[false, false].exists_one(x, x)  =>  false
[true, true].exists_one(x, x)  =>  false
[true, U].exists_one(x, x)  =>  unknown
[false, U].exists_one(x, x)  =>  unknown
[true, U, true].exists_one(x, x)  =>  false
[1, 2, 3].filter(x, x > 1)  =>  [2, 3]
[1, 2, 3].filter(x, x > 1 || U)  =>  [2, 3, …]
[1, 2, 3].filter(x, x > 1 && U)  =>  […]
[1, 2].filter(x, U).size()  =>  unknown
[1, 2].filter(x, U).all(y, y > 0)  =>  unknown
[1, 2].filter(x, x == 1 || U).exists(y, y == 1)  =>  true
[1, 2].map(x, x * 2)  =>  [2, 4]
[1, 2].map(x, x + N)  =>  [unknown, unknown]
[1, 2].map(x, x + N).size()  =>  2
[1, 2, 3].map(x, x > 1, x * 2)  =>  [4, 6]
[[1], [2, 3]].all(x, x.exists(y, y != 2))  =>  true
[1, 2].all(x, [3].all(x, x == 3) && x < 3)  =>  true
",
        NAMES,
        World::endpoint(),
    );
}

#[test]
fn macros_over_lists_that_may_have_more() {
    compare(
        "
C.all(s, s.free > 5)  =>  true
C.exists(s, s.free > 25)  =>  false
C.exists_one(s, s.free > 15)  =>  true
C.filter(s, s.free > 15).size()  =>  1
C.size()  =>  2
O.all(s, s.free > 5)  =>  unknown
O.all(s, s.free > 15)  =>  false
O.all(s, U)  =>  unknown
O.exists(s, s.free > 15)  =>  true
O.exists(s, s.free > 25)  =>  unknown
O.exists_one(s, s.free > 15)  =>  unknown
O.exists_one(s, s.free > 5)  =>  false
O.filter(s, s.free > 15).map(s, s.free)  =>  [20, …]
O.filter(s, s.free > 15).exists(s, true)  =>  true
O.filter(s, s.free > 25).exists(s, true)  =>  unknown
O.map(s, s.free)  =>  [10, 20, …]
O.map(s, s.free > 15, s.free)  =>  [20, …]
O.map(s, s.free) + [1]  =>  [10, 20, 1, …]
O.map(s, s.free).sort()  =>  [10, 20, …]
O.map(s, 1).distinct()  =>  [1, …]
O.map(s, [s.free]).all(l, l.size() == 1)  =>  unknown
O.map(s, s.free)[1]  =>  unknown
[1, 2].map(x, U, x).size()  =>  unknown
[N, 1].distinct().size()  =>  unknown
[3, N].sort()[1]  =>  unknown
[1, 2].total()  =>  3
[].total()  =>  0
['0', '12.5', '0.25'].total()  =>  13
['-1.5', '2'].total()  =>  1
['1', 'x'].total()  =>  unknown
['NaN'].total()  =>  unknown
['1e300'].total()  =>  unknown
[9223372036854775807, 1].total()  =>  unknown
[3, N].total()  =>  unknown
O.map(s, s.free).total()  =>  unknown
O.map(s, string(s.free)).join(',') == '10,20'  =>  unknown
O.map(s, s.free)[2]  =>  unknown
C.map(s, s.free)[2]  =>  unknown
C.map(s, s.free)[-1]  =>  unknown
",
        NAMES,
        World::endpoint(),
    );
}

#[test]
fn size_and_membership() {
    compare(
        "
size(C)  =>  2
size(O)  =>  unknown
O.size() > 0  =>  unknown
O.size() == 2 || true  =>  true
[1, N].size()  =>  2
size([])  =>  0
size(\"größe\")  =>  5
1 in [1, 2]  =>  true
3 in [1, 2]  =>  false
1 in []  =>  false
1 in [N, 1]  =>  true
1 in [N, 2]  =>  unknown
1 in [2, N]  =>  unknown
N in [1]  =>  unknown
N in []  =>  unknown
[1] in [[1], [2]]  =>  true
10 in C.map(s, s.free)  =>  true
11 in C.map(s, s.free)  =>  false
10 in O.map(s, s.free)  =>  true
11 in O.map(s, s.free)  =>  unknown
O.map(s, s.free) == [10, 20]  =>  unknown
C.map(s, s.free) == [10, 20]  =>  true
C == C  =>  true
C[0] == O[0]  =>  unknown
C[0] in O  =>  true
",
        NAMES,
        World::endpoint(),
    );
}

#[test]
fn a_complete_listing_closes_the_list() {
    compare(
        "
O.size()  =>  2
O.all(s, s.free > 5)  =>  true
O.exists(s, s.free > 25)  =>  false
O.exists_one(s, s.free > 15)  =>  true
O.filter(s, s.free > 15).size()  =>  1
11 in O.map(s, s.free)  =>  false
O.map(s, s.free) == [10, 20]  =>  true
",
        NAMES,
        World::endpoint().listed("ec2", "DescribeSubnets"),
    );
}
