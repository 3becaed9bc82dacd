from setuptools import find_namespace_packages, setup

setup(name="core-lib", packages=find_namespace_packages(where="lib"), package_dir={"": "lib"})
