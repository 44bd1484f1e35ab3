#!/usr/bin/env python3
"""Adds up what ctest reported: count_tests.py <tests.xml>...

The last line is "N passed, M failed". A report that is missing is a failure, and so is a test that
was not run; both are named above that line.
"""

import pathlib
import sys
import xml.etree.ElementTree as xml


def main(reports: list[pathlib.Path]) -> int:
    passed = failed = 0
    for report in reports:
        if not report.exists():
            print(f"no report {report}: its tests did not run")
            failed += 1
            continue
        for test in xml.parse(report).getroot().iter("testcase"):
            if test.get("status") == "run":
                passed += 1
            else:
                failed += 1
                print(f"{report.parent.name}: {test.get('name')}: {test.get('status')}")
    print(f"{passed} passed, {failed} failed")
    return 0 if failed == 0 and passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main([pathlib.Path(name) for name in sys.argv[1:]]))
